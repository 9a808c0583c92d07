/**
 * Who may import whom. This is data: when the tree changes, change it here and say why in ARCHITECTURE.md.
 * Patterns: `*` is one name, `**` any number of folders. Tests stand above everything in their package.
 */

/** The floors of one folder tree, lowest first: a file imports from its own floor or a lower one. */
export type Floors = readonly (readonly string[])[];

export interface FloorTable {
  /** Workspace folders, lowest first: a package imports only packages of a lower floor. */
  readonly packages: Floors;
  /** The floors inside a package, paths below its `src`; a package without an entry is only searched for cycles. */
  readonly inside: Readonly<Record<string, Floors>>;
}

export const floorTable: FloorTable = {
  packages: [
    ["packages/engine", "packages/npz", "packages/lstm", "packages/statistics"],
    ["packages/cluster", "packages/pages"],
    ["data"],
    ["experiments/*"],
    ["test", "scripts"],
  ],
  inside: {
    "packages/engine": [
      [
        "errors.ts",
        "optional-package.ts",
        "closest.ts",
        "quantities.ts",
        "shell-word.ts",
        "version.ts",
        "young-generation.ts",
      ],
      ["disk/**", "patterns/**"],
      ["config.ts", "config/**", "rules/**", "programs/**", "events.ts"],
      ["plan/**"],
      ["journal/**"],
      // A runner of calls never answers whether a job must run.
      ["calls/**"],
      ["staleness/**"],
      ["executors/**"],
      ["run/**"],
      ["report/**"],
      ["dry-run.ts", "touch.ts", "delete.ts"],
      ["index.ts", "executor.ts", "inspect.ts", "cli/**", "cli.ts"],
      ["examples/**"],
    ],
    "packages/cluster": [["queue/**"], ["slurm/**", "command/**"], ["index.ts"], ["simulator/**"]],
    "packages/lstm": [
      ["errors.ts", "random.ts", "shape.ts", "backend.ts"],
      ["loss.ts", "minibatch.ts", "initial.ts", "check.ts", "epochs.ts", "kernel.ts", "stack.ts"],
      ["backends/**"],
      ["choose-backend.ts"],
      ["open-backend.ts", "train.ts", "predict.ts", "saved-model.ts"],
      ["survey.ts"],
      ["index.ts"],
      ["bench/**"],
    ],
    "packages/npz": [["array.ts"], ["npy.ts"], ["npz.ts"], ["index.ts"]],
    "packages/pages": [["shared/**"], ["graph.ts"], ["run-report/**", "live-view/**", "report/**"]],
    "packages/statistics": [
      ["order.ts", "random.ts", "multiple.ts", "student.ts"],
      ["bootstrap.ts", "max-t.ts", "signed-rank.ts"],
      ["index.ts"],
    ],
    data: [
      ["command.ts", "tables/**"],
      ["sample/**", "check/**"],
      ["records/**", "camels/**", "usgs/**"],
      ["*.ts"],
    ],
    "experiments/multitask": [
      ["config.ts", "seeds.ts", "csv.ts", "metrics.ts", "synthetic.ts", "reading/**"],
      ["sites.ts", "sequences/**"],
      ["resolve.ts", "model-files.ts", "missing-sites.ts"],
      ["statistics/**"],
      ["report/**"],
      ["steps/**"],
      ["decide-backend.ts", "model-rules.ts", "statistics-rules.ts", "report-rules.ts", "read-spoilt.ts"],
      ["workflow.ts", "look.ts", "unpack.ts", "known-truth.ts", "error-rates.ts", "spoil-data.ts"],
      ["main.ts", "bench/**"],
    ],
  },
};
