/**
 * Who may import whom, type imports included: `pnpm lint:layers`. The tree is data: when it changes, change it here
 * and say why in ARCHITECTURE.md. Tests are left out here; .dependency-cruiser.tests.mjs is about them.
 */

/** The packages, lowest first: a package imports only those on lines above its own. */
const packages = [
  "packages/engine packages/npz packages/lstm packages/statistics",
  "packages/cluster packages/pages packages/lstm-gpu packages/lstm-native packages/lstm-tfjs",
  "data",
  "experiments/multitask",
  "test scripts",
].map((line) => line.split(" "));

/**
 * The layers inside a package, lowest first: folders, and files that stand beside the folders. A file imports from its
 * own layer or a lower one. Files beside the folders that no line names are the top layer (`*.ts`). A package that is
 * not here has no layers, only no cycles.
 */
const layers = {
  "packages/engine/src": [
    "errors.ts events.ts packages.ts closest.ts quantities.ts young-generation.ts",
    "disk",
    "patterns",
    "config",
    "rules",
    "programs",
    "plan",
    "journal",
    // Code that runs calls never answers whether a job must run.
    "calls",
    "staleness",
    "executors",
    "run",
    "report",
    "kit",
    "cli *.ts",
  ],
  "packages/cluster/src": ["queue", "slurm command", "*.ts"],
  "packages/lstm/src": ["interface", "training", "backends", "*.ts"],
  "packages/pages/src": ["shared", "*.ts", "run-report live-view report comparison"],
  "data/src": ["tables units", "sample check folder", "records layouts usgs import", "*.ts"],
  "experiments/multitask": [
    "attributes.ts backends.ts command-name.ts config.ts csv.ts discharge.ts file-version.ts flow-scores.ts metrics.ts peaks.ts percentiles.ts score-tables.ts seeds.ts signatures.ts sites.ts sums.ts synthetic.ts units.ts",
    "reading",
    "sequences",
    "baselines data-tables.ts predicted-period.ts splits.ts resolve.ts model-files.ts missing-sites.ts protocol.ts single-task.ts variants.ts",
    "statistics",
    "report export",
    "steps",
    "comparison studies bench *.ts",
  ],
};

/** Tests, and what only they use. */
export const test = String.raw`\.test\.ts$|/testing/|/testing\.ts$`;

const others = "(^|/)node_modules/|/dist/|^packages/[^/]+/pack/|/assembly/";

const escaped = (text) => text.replaceAll(".", String.raw`\.`);

/** The pattern of paths that a folder, a file or `*.ts` stands for. */
const pathOf = (folder, name) =>
  `^${escaped(`${folder}/${name}`).replace("*", "[^/]+")}${name.endsWith(".ts") ? "$" : "/"}`;

/** Folders that are a layer by themselves: their order leaves no room for a circle, and one wrong import closes many. */
const ordered = Object.entries(layers).flatMap(([folder, lines]) =>
  lines.filter((line) => /^\w+$/.test(line)).map((line) => `^${folder}/${line}$`),
);

function* layerRules() {
  for (const [folder, lines] of Object.entries(layers)) {
    const names = lines.map((line) => line.split(" "));
    const pathsOf = (some) => some.map((name) => pathOf(folder, name));
    for (const at of names.keys()) {
      const [upTo, above] = [names.slice(0, at + 1).flat(), names.slice(at + 1).flat()];
      if (above.length === 0) continue;
      yield {
        name: `layer of ${names[at].join(", ")}`,
        comment: `It imports what is above it in ${folder}. Lowest first the layers are: ${lines.join(" < ")}`,
        severity: "error",
        from: { path: pathsOf(names[at]) },
        to: { path: pathsOf(above), pathNot: pathsOf(upTo) },
      };
    }
    yield {
      name: "no layer",
      comment: `This folder of ${folder} has no layer: add it to \`layers\` in .dependency-cruiser.mjs.`,
      severity: "error",
      from: { path: `^${folder}/[^/]+/`, pathNot: pathsOf(names.flat()) },
      to: {},
    };
  }
}

/** Between packages, for tests too. */
export const packageRules = [
  ...packages.flatMap((line, at) =>
    line.map((own) => ({
      name: `package ${own}`,
      comment: `It imports a package that is not below it. Lowest first they are: ${packages.map((each) => each.join(", ")).join(" < ")}`,
      severity: "error",
      from: { path: `^${own}/` },
      to: { path: `^(${packages.slice(at).flat().join("|")})/`, pathNot: `^${own}/` },
    })),
  ),
  {
    name: "no package",
    comment: "This folder is no package: add it to `packages` in .dependency-cruiser.mjs.",
    severity: "error",
    from: { path: "/", pathNot: [`^(${packages.flat().join("|")})/`, others] },
    to: {},
  },
  {
    name: "package by its name",
    comment: "It reaches into another package by a path: import the package by its name.",
    severity: "error",
    from: { path: `^(${packages.flat().join("|")})/` },
    to: { path: `^(${packages.flat().join("|")})/`, pathNot: "^$1/", dependencyTypes: ["local"] },
  },
  {
    name: "file cycle",
    comment: "Files import each other in a circle, perhaps for types only: move what they share below both.",
    severity: "error",
    from: {},
    to: { circular: true },
  },
];

export const options = {
  tsPreCompilationDeps: true,
  doNotFollow: { path: "node_modules" },
  exclude: { path: others },
  enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "default", "types"] },
};

export default {
  forbidden: [
    ...packageRules,
    {
      name: "folder cycle",
      comment: "Folders import each other in a circle: move what they share below both.",
      severity: "error",
      scope: "folder",
      from: { pathNot: ordered },
      to: { circular: true },
    },
    ...layerRules(),
  ],
  options: { ...options, exclude: { path: `${others}|${test}` } },
};
