import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { pageFile } from "./page-files.ts";

test("every script of the page is served as a browser can run it, and nothing else of its folder", () => {
  const scripts = readdirSync(new URL("./page", import.meta.url)).filter((name) => name.endsWith(".ts"));
  expect(scripts).toContain("live.ts");
  for (const name of scripts) {
    const file = pageFile(name);
    expect(file?.type, name).toBe("text/javascript; charset=utf-8");
    expect(file?.text).not.toMatch(/^(import type|export interface|type )/m);
  }
  expect(pageFile("../server.ts")).toBeNull();
  expect(pageFile("other.ts")).toBeNull();
});
