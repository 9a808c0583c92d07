import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { pageFile } from "./page-files.ts";

test("every script of the page, and what they import of the engine, is served as a browser can run it", () => {
  const own = readdirSync(new URL("./page", import.meta.url)).filter((name) => name.endsWith(".ts"));
  expect(own).toContain("live.ts");
  for (const name of [...own, "elements.ts", "quantities.ts"]) {
    const file = pageFile(name);
    expect(file?.type, name).toBe("text/javascript; charset=utf-8");
    expect(file?.text).not.toMatch(/^(import type|export interface|type )/m);
    for (const [, specifier] of file!.text.matchAll(/\bfrom "([^"]+)"/g))
      expect(pageFile(specifier!.replace(/^\.\//, "")), `${name} imports ${specifier}`).not.toBeNull();
  }
});

test("nothing else is served", () => {
  for (const name of ["../server.ts", "server.ts", "other.ts"]) expect(pageFile(name)).toBeNull();
});
