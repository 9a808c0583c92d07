/** Settings that other programs read, and that have to agree with the packages. */
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { root } from "../support/command.ts";

const read = (path: string) => readFileSync(join(root, path), "utf8");
const published = globSync("packages/*/package.json", { cwd: root })
  .map((path) => ({ folder: dirname(path).replaceAll("\\", "/"), manifest: JSON.parse(read(path)) }))
  .filter(({ manifest }) => manifest.private !== true);

test("changesets raises the versions of all public packages together", () => {
  const { fixed, privatePackages } = JSON.parse(read(".changeset/config.json"));
  expect(fixed.map((names: string[]) => names.toSorted())).toEqual([
    published.map(({ manifest }) => manifest.name).sort(),
  ]);
  expect(privatePackages).toEqual({ version: false, tag: false });
  expect(new Set(published.map(({ manifest }) => manifest.version)).size).toBe(1);
});

test("the API reference has all public packages, and its warnings are errors", () => {
  const { entryPoints, treatWarningsAsErrors } = JSON.parse(read("typedoc.json"));
  expect(entryPoints).toEqual(expect.arrayContaining(published.map(({ folder }) => folder)));
  for (const folder of entryPoints) expect(JSON.parse(read(`${folder}/package.json`)).exports).toBeDefined();
  expect(treatWarningsAsErrors).toBe(true);
});

test("the forms for issues are as GitHub reads them", () => {
  const forms = globSync(".github/ISSUE_TEMPLATE/*.yml", { cwd: root }).filter(
    (path) => !path.endsWith("config.yml"),
  );
  expect(forms.length).toBeGreaterThan(1);
  for (const path of forms) {
    const { name, description, body } = parse(read(path));
    expect([name, description], path).toEqual([expect.any(String), expect.any(String)]);
    const questions = body.filter(({ type }: { type: string }) => type !== "markdown");
    for (const { type, id, attributes } of questions) {
      expect(["textarea", "input", "dropdown", "checkboxes"]).toContain(type);
      expect([id, attributes.label]).toEqual([expect.stringMatching(/^[\w-]+$/), expect.any(String)]);
    }
    expect(new Set(questions.map(({ id }: { id: string }) => id)).size).toBe(questions.length);
  }
});

test("the lockfile names no registry's host", () => {
  expect(read("pnpm-lock.yaml")).not.toMatch(/tarball:|https?:\/\//);
});

test("the container for editors and CI use the same image", () => {
  const text = read(".devcontainer/devcontainer.json").replace(/^\s*\/\/.*$/gm, "");
  const { jobs } = parse(read(".github/workflows/ci.yml"));
  expect(JSON.parse(text).image).toBe(jobs.debian.container);
});
