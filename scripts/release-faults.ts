/** Is everything there that a release of the npm packages needs? Pure: `pack-npm.ts` reads the files. */

/** The fields of a package.json that a release looks at. */
export interface Manifest {
  readonly name: string;
  readonly version?: string;
  readonly private?: boolean;
  readonly repository?: { readonly type: string; readonly url: string; readonly directory?: string };
  readonly bugs?: { readonly url: string };
}

export interface Release {
  /** The public packages. */
  readonly manifests: readonly Manifest[];
  /** README.md of each of them, in the same order. */
  readonly readmes: readonly string[];
  readonly changelog: string;
  /** Names of the files in .changeset that `changeset version` has not yet used up. */
  readonly changesets: readonly string[];
  /** The tag that starts the release, `v0.2.0`; undefined where none is there yet. */
  readonly tag: string | undefined;
}

/** Each thing that is missing or does not fit, as a sentence; empty when the packages can be published. */
export function releaseFaults({ manifests, readmes, changelog, changesets, tag }: Release): string[] {
  const faults: string[] = [];
  const versions = [...new Set(manifests.map(({ version }) => version))];
  const [version = ""] = versions;
  if (versions.length !== 1)
    faults.push(`The packages have different versions: ${versions.join(", ")}. They are released together.`);
  if (tag !== undefined && tag !== `v${version}`)
    faults.push(`The tag is "${tag}", and the packages have version ${version}: it has to be "v${version}".`);
  if (!changelog.split("\n").some((line) => line === `## ${version}` || line.startsWith(`## ${version} `)))
    faults.push(`CHANGELOG.md has no section "## ${version}": give "Unreleased" this name.`);
  if (changesets.length > 0)
    faults.push(`Run \`pnpm exec changeset version\`: .changeset still has ${changesets.join(", ")}.`);
  const unknown = manifests.filter(({ repository, bugs }) => repository === undefined || bugs === undefined);
  if (unknown.length > 0)
    faults.push(
      `The package.json of ${unknown.map(({ name }) => name).join(", ")} does not name the repository, which npm compares ` +
        "with the provenance. Once: pnpm bundle npm --repository https://github.com/OWNER/NAME",
    );
  manifests.forEach(({ name }, i) => {
    if (/not on npm yet/.test(readmes[i]!))
      faults.push(`The README of ${name} says that it is not on npm yet.`);
  });
  return faults;
}

/** The manifest with the address of the repository, of the package's folder in it, and of its list of faults. */
export function withRepository<M extends object>(manifest: M, url: string, folder: string): M {
  const repository = {
    type: "git",
    url: `git+${url}.git`,
    ...(folder === "." ? {} : { directory: folder }),
  };
  // In front of the license, where readers look for them.
  const entries = Object.entries(manifest).filter(([key]) => !["repository", "bugs"].includes(key));
  const at = entries.findIndex(([key]) => key === "license");
  return Object.fromEntries(
    entries.toSpliced(at, 0, ["repository", repository], ["bugs", { url: `${url}/issues` }]),
  ) as M;
}

/** The address as it is written into package.json, or undefined if it is none of a repository on GitHub. */
export function repositoryAddress(text: string): string | undefined {
  return /^(https:\/\/github\.com\/[\w.-]+\/[\w.-]+?)(\.git)?\/?$/.exec(text)?.[1];
}
