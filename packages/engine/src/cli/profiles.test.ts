import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as z from "zod";
import { isProfileValue } from "../config/config.ts";
import { configLeaves } from "../config/leaves.ts";
import { type Options, readCommandLine } from "./options.ts";

const leaves = configLeaves(
  z.strictObject({
    sites: z.array(z.string()),
    training: z.strictObject({ epochs: z.number() }),
    mask: z.boolean(),
  }),
  { sites: [], training: { epochs: 1 }, mask: false },
);
const read = (line: string) => readCommandLine(line.split(" ")).options(leaves);

/** What is said for the keys of the config: of a profile, the values that it writes. */
const written = ({ config }: Options) =>
  Object.fromEntries([...config].map(([key, said]) => [key, isProfileValue(said) ? said.written : said]));
const profile = (text: string) => {
  const file = join(mkdtempSync(join(tmpdir(), "braid-profile-")), "p.yml");
  writeFileSync(file, text);
  return file;
};

test("a profile may name what jobs of a rule book in a map of its own", () => {
  const file = profile("set-threads: { train: 4 }\nset-resources: { train: { gpu: 1, mem: 9GB } }\n");
  expect(readCommandLine(["--profile", file]).options([]).amounts.ofRules).toEqual(
    new Map([["train", { gpu: 1, mem_mb: 9_000, threads: 4 }]]),
  );
});

test("a profile fills what the command line leaves open", () => {
  const file = profile(
    "jobs: 4\nkeep-going: true\nresources: { gpu: 2 }\ntraining.epochs: 7\nsites: ['01']\n",
  );
  const options = read(`--profile ${file} -j 1`);
  expect(options).toMatchObject({ jobs: 1, keepGoing: true });
  expect(options.resources).toEqual(new Map([["gpu", 2]]));
  expect(written(options)).toEqual({ "training.epochs": 7, sites: ["01"] });
  expect(read(`--profile ${file} --no-keep-going`).keepGoing).toBe(false);
});

test("a profile of the workflow comes before that of the machine, and the command line before both", () => {
  const machine = profile("jobs: 4\nretries: 2\nresources: { gpu: 2, tapes: 1 }\nkeep-going: true\n");
  const own = profile("retries: 3\nresources: { gpu: 1 }\n");
  const options = read(`--workflow-profile ${own} --profile ${machine} -j 1`);
  expect(options).toMatchObject({ jobs: 1, retries: 3, keepGoing: true, profiles: [machine, own] });
  expect(options.resources).toEqual(new Map([["gpu", 1]]));
  expect(options.repeat).toEqual(["--profile", machine, "--workflow-profile", own]);
  expect(read(`why x --workflow-profile ${machine}`)).toMatchObject({ command: "why" });
});

test("a profile may have options by their other long names, as Snakemake's profiles do", () => {
  const options = read(`--profile ${profile("cores: 3\nrestart-times: 2\ndefault-res: [gpu=1]\n")}`);
  expect(options).toMatchObject({ jobs: 3, retries: 2, amounts: { defaults: { gpu: 1 } } });
  expect(read(`--profile ${profile("cores: all\n")}`).jobs).toBe(availableParallelism());
});

test("a profile may have the config in a map; the command line comes before it", () => {
  const file = profile("config: { training.epochs: 7, mask: true }\n");
  expect(written(read(`--profile ${file} --config mask=no`))).toEqual({ "training.epochs": 7, mask: "no" });
});

test.each([
  [
    "config:\n  training: { epochs: 7 }\n  sites:\n    - site 1\n    - '02'\n",
    { "training.epochs": 7, sites: ["site 1", "02"] },
  ],
  ["training: { epochs: 7 }\n", { "training.epochs": 7 }],
  ["config: [training.epochs=7, { sites: ['01'] }]\n", { "training.epochs": "7", sites: ["01"] }],
  ["config: [{ training: { epochs: 7 } }]\n", { "training.epochs": 7 }],
  ["config:\n  sites: [{ id: '01', deep: [1, [2]] }]\n", { sites: [{ id: "01", deep: [1, [2]] }] }],
  ["config: { sites: [] }\n", { sites: [] }],
])("a profile may nest the keys of the config, lists and maps in them: %j", (text, expected) => {
  expect(written(read(`--profile ${profile(text)}`))).toEqual(expected);
});

test("a profile may list amounts as words and as maps", () => {
  const of = (text: string) => read(`--profile ${profile(text)}`);
  const lists = of(
    "default-resources:\n  - mem_mb: 100\n  - disk_mb=5\nset-resources: [{ train: { gpu: 1 } }, 'prep:gpu=2']\n",
  );
  expect(lists.amounts.defaults).toEqual({ mem_mb: 100, disk_mb: 5 });
  expect(lists.amounts.ofRules).toEqual(
    new Map([
      ["train", { gpu: 1 }],
      ["prep", { gpu: 2 }],
    ]),
  );
  expect(of("forcerun: [a, b]\n").forceRules).toEqual(["a", "b"]);
});

test("a profile may be a folder with a config.yaml", () => {
  const folder = mkdtempSync(join(tmpdir(), "braid-profile-"));
  expect(() => read(`--profile ${folder}`)).toThrow(
    `Cannot read the profile "${folder}": the folder has no config.yaml`,
  );
  writeFileSync(join(folder, "config.yml"), "jobs: 3\n");
  expect(read(`--profile ${folder}`)).toMatchObject({ jobs: 3, profiles: [join(folder, "config.yml")] });
  writeFileSync(join(folder, "config.yaml"), "jobs: 2\n");
  const options = read(`--profile ${folder}`);
  expect(options).toMatchObject({ jobs: 2, profiles: [join(folder, "config.yaml")] });
  expect(options.repeat).toEqual(["--profile", folder]);
  writeFileSync(join(folder, "config.yaml"), "jobs: true\n");
  expect(() => read(`--profile ${folder}`)).toThrow(
    `Cannot read the profile "${join(folder, "config.yaml")}": jobs needs a value\n  option  jobs\n  line    1`,
  );
});

test("a profile is named again for one job alone, and not what it says", () => {
  const file = profile("training.epochs: 7\n");
  expect(read(`--profile ${file}`).repeat).toEqual(["--profile", file]);
});

test("a profile may hold options that a command has no use for", () => {
  const file = profile("jobs: 4\n");
  expect(read(`why x --profile ${file}`)).toMatchObject({ command: "why" });
});

test.each([
  ["keep-going: 1\n", "keep-going is true or false"],
  ["jobs: true\n", "jobs needs a value"],
  ["jobs:\n", "jobs has no value"],
  ["jobs: { a: 1 }\n", "jobs is a map"],
  ["profile: other.yml\n", "a profile cannot name another one"],
  ["workflow-profile: other.yml\n", "a profile cannot name another one"],
  [
    "retries: 1\ncores: 2\njobs: 3\n",
    "jobs is given twice, as cores and as jobs\n  option  jobs\n  line    3",
  ],
  ["jobs: 1\njobs: 3\n", "a key is written twice\n  line 2  jobs: 3"],
  ["jobs: [1, { a: 2 }]\n", "jobs has a map in its list"],
  ["forcerun: [[a]]\n", "forcerun has a list inside a list\n  option  forcerun\n  line    1"],
  ["forcerun: [a, ~]\n", "forcerun has an empty item"],
  [
    "retries: 1\nresources: { gpu: [1, 2] }\n",
    'resources needs a single value for "gpu"\n  option  resources\n  line    2\n  Write `resources: { name: 100 }`, or a list: `- name=100`.',
  ],
  ["set-resources: { train: { mem: { a: 1 } } }\n", 'set-resources needs a single value for "train:mem"'],
])("a profile %j is refused", (text, message) => {
  expect(() => read(`--profile ${profile(text)}`)).toThrow(message);
});

test.each([
  ["jobs: many\n", 'option "--jobs": "many" is not a whole number from 1'],
  ["executor: cloud\n", 'option "--executor": there is no executor "cloud"\n  there are  local'],
  ["resources: { gpu: few }\n", 'option "--resources": '],
  ["lint: true\n", 'option "--lint": it is one of Snakemake\'s\n  The TypeScript compiler'],
  ["kep-going: true\n", 'option "--kep-going": no option and no key of the config has this name'],
  ["config: { epoch: 1 }\n", 'option "--config": the config has no key "epoch"'],
  ["config: { training: { epoch: 1 } }\n", 'option "--config": the config has no key "training.epoch"'],
  ["training: { epoch: 1 }\n", 'option "--training.epoch": no option and no key of the config has this name'],
  [
    "training:\n  epochs: 1\ntraining.epochs: 2\n",
    'option "--training.epochs": it is given twice\n  line  3',
  ],
  [
    "config:\n  training.epochs: 1\n  training: { epochs: 2 }\n",
    'option "--training.epochs": it is given twice\n  line  3',
  ],
  ["config: 7\n", 'option "--config": it is not a map of keys\n  Write `config: { key: value }`'],
  ["config: [epochs]\n", 'option "--config": "epochs" is not of the form KEY=VALUE'],
])("a profile is named with what is wrong in it: %j", (text, message) => {
  const file = profile(text);
  for (const line of [`--profile ${file}`, `why x --workflow-profile ${file}`])
    expect(() => read(line)).toThrow(`Cannot read the profile "${file}": cannot read ${message}`);
});

test("a profile is not named with what is wrong on the command line", () => {
  const file = profile("jobs: 4\n");
  expect(() => read(`--profile ${file} --kep-going`)).toThrow(/^Cannot read option "--kep-going"/);
  expect(() => read(`why x --profile ${file} -j 2`)).toThrow("the command why does not have it");
});

test("a profile is read once for a command", () => {
  const file = profile("training.epochs: 7\n");
  const commandLine = readCommandLine(["--profile", file]);
  rmSync(file);
  expect(written(commandLine.options(leaves))).toEqual({ "training.epochs": 7 });
});
