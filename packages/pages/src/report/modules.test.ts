import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { pageModules, seriesModules } from "./modules.ts";
import { bundlePage } from "./write-report.ts";

test("every module of the page's script and style is among the page's modules, and so is its writer", async () => {
  const modules = new Set(pageModules().map((url) => fileURLToPath(url)));
  const bundled = await bundlePage(mkdtempSync(join(tmpdir(), "braid-page-")));
  const own = bundled.filter((path) => !path.includes("node_modules/"));
  expect(own.length).toBeGreaterThan(15);
  for (const path of own) expect(modules).toContain(join(process.cwd(), path));
  const names = [...modules].map((path) => path.replace(/^.*packages\/pages\/src\//, ""));
  expect(names).toEqual(
    expect.arrayContaining([
      "graph.ts",
      "report/write-report.ts",
      "shared/packed.ts",
      "report/page/style/tables.css",
    ]),
  );
  expect(names.filter((name) => name.includes(".test."))).toEqual([]);
  for (const url of seriesModules()) expect(modules).toContain(fileURLToPath(url));
});
