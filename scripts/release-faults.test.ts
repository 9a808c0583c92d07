import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Release, releaseFaults, repositoryAddress, withRepository } from "./release-faults.ts";

const manifest = {
  name: "braid-engine",
  version: "0.2.0",
  repository: { type: "git", url: "git+https://github.com/OWNER/NAME.git" },
  bugs: { url: "https://github.com/OWNER/NAME/issues" },
};
const ready: Release = {
  manifests: [manifest, { ...manifest, name: "braid-pages" }],
  readmes: ["# braid-engine\n", "# braid-pages\n"],
  changelog: "# Changelog\n\n## Unreleased\n\n## 0.2.0 (2027-01-31)\n\n## 0.1.0\n",
  changesets: [],
  tag: "v0.2.0",
};

test("packages that are ready have no fault, with a tag and without one", () => {
  expect(releaseFaults(ready)).toEqual([]);
  expect(releaseFaults({ ...ready, tag: undefined })).toEqual([]);
});

test.each<[Partial<Release>, string]>([
  [{ tag: "v0.3.0" }, 'The tag is "v0.3.0", and the packages have version 0.2.0: it has to be "v0.2.0".'],
  [
    { manifests: [manifest, { ...manifest, version: "0.1.0" }] },
    "The packages have different versions: 0.2.0, 0.1.0. They are released together.",
  ],
  [
    { changelog: "## Unreleased\n## 0.2.01\n" },
    'CHANGELOG.md has no section "## 0.2.0": give "Unreleased" this name.',
  ],
  [
    { changesets: ["calm-rivers-meet.md"] },
    "Run `pnpm exec changeset version`: .changeset still has calm-rivers-meet.md.",
  ],
  [
    { manifests: [{ name: "braid-engine", version: "0.2.0" }, manifest] },
    "The package.json of braid-engine does not name the repository, which npm compares with the provenance. Once: pnpm bundle npm --repository https://github.com/OWNER/NAME",
  ],
  [
    { readmes: ["", "The packages are not on npm yet: make them."] },
    "The README of braid-pages says that it is not on npm yet.",
  ],
])("%j is a fault that says what to do", (change, fault) => {
  expect(releaseFaults({ ...ready, ...change })).toEqual([fault]);
});

test("the address of the repository goes into a manifest, in front of the license, once", () => {
  const [first, second] = ["https://github.com/a/b", "https://github.com/c/d"];
  const once = withRepository({ name: "x", license: "Apache-2.0", type: "module" }, first, "packages/x");
  expect(Object.keys(once)).toEqual(["name", "repository", "bugs", "license", "type"]);
  expect(withRepository(once, second, "packages/x")).toEqual({
    name: "x",
    repository: { type: "git", url: "git+https://github.com/c/d.git", directory: "packages/x" },
    bugs: { url: "https://github.com/c/d/issues" },
    license: "Apache-2.0",
    type: "module",
  });
  expect(withRepository({ license: "" }, first, ".")).toMatchObject({
    repository: { type: "git", url: "git+https://github.com/a/b.git" },
  });
});

test("only addresses on GitHub are taken, with or without .git", () => {
  for (const text of ["https://github.com/a/b", "https://github.com/a/b.git", "https://github.com/a/b/"])
    expect(repositoryAddress(text)).toBe("https://github.com/a/b");
  for (const text of ["git@github.com:a/b.git", "https://github.com/a", "https://example.org/a/b", ""])
    expect(repositoryAddress(text)).toBeUndefined();
});

test("`pnpm bundle npm` packs nothing before everything fits", () => {
  const words = ["scripts/start.mjs", "scripts/pack-npm.ts", "nowhere", "--tag", "v999.0.0"];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, {
    cwd: join(import.meta.dirname, ".."),
    encoding: "utf8",
  });
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr).toMatch(/^Cannot pack the npm packages:\n {2}- The tag is "v999\.0\.0", and the packages /);
});
