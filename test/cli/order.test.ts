/** What puts a working folder in order without running anything, and what keeps two runs apart. */
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { root } from "../support/command.ts";
import { copyOf, type ProjectFolder, project } from "./project.ts";
import { letters } from "./workflows.ts";

const upToDate = "Nothing to be done: everything asked for is up to date.\n";

let first: ProjectFolder;
let made: ProjectFolder;
beforeAll(async () => {
  first = project({ "workflow.ts": letters, "a.txt": "one", "b.txt": "two" });
  expect((await first.braid()).code).toBe(0);
});
beforeEach(() => {
  made = copyOf(first);
});

describe("--touch", () => {
  test("takes the outputs as they stand, and changes no file", async () => {
    const before = statSync(join(made.folder, "out/a.up")).mtimeMs;
    expect((await made.braid("--touch", "--mark", "?")).stdout).toBe("3 jobs marked as up to date.\n");
    expect((await made.braid("-n", "--mark", "?")).stdout).toBe(upToDate);
    expect(statSync(join(made.folder, "out/a.up")).mtimeMs).toBe(before);
    expect(made.read("out/a.up")).toBe("ONE!");
  });

  test("with -n only counts them", async () => {
    const before = made.read(".braid/journal");
    expect((await made.braid("--touch", "-n", "--mark", "?")).stdout).toBe(
      "3 jobs would be marked as up to date.\n",
    );
    expect(made.read(".braid/journal")).toBe(before);
    expect((await made.braid("-n", "-q", "--mark", "?")).stdout).toContain("total");
  });

  test("leaves what is missing to be made", async () => {
    made.write("c.txt", "three");
    const { stdout } = await made.braid("--touch", "--names", "a", "b", "c");
    expect(stdout).toContain("2 jobs skipped: an input or output is missing.");
    expect((await made.braid("-n", "--names", "a", "b", "c")).stdout).toContain("missing output out/c.up");
    const one = await made.braid("out/c.up", "--touch", "--names", "a", "b", "c");
    expect(one.stdout).toContain("1 job skipped: an input or output is missing.");
  });
});

describe("--delete-all-output", () => {
  test("with -n only tells what it would delete", async () => {
    const { stdout } = await made.braid("--delete-all-output", "-n");
    expect(stdout).toBe("out/a.up\nout/b.up\nout/all.txt\n3 outputs would be deleted.\n");
    expect(existsSync(join(made.folder, "out/all.txt"))).toBe(true);
  });

  test("deletes the outputs of the plan and empty folders, and no source", async () => {
    expect((await made.braid("--delete-all-output")).stdout).toContain("3 outputs deleted.");
    expect(existsSync(join(made.folder, "out"))).toBe(false);
    expect(made.read("a.txt")).toBe("one");
    expect((await made.braid("-n", "-q")).stdout).toMatch(/total +4\n/);
  });
});

describe("the lock", () => {
  const other = {
    pid: 1,
    host: "elsewhere",
    boot: "x",
    started: "1",
    since: "2026-01-01T00:00:00.000Z",
    command: "braid",
  };

  test("of another host stops a run, not a dry run, and --unlock removes it", async () => {
    writeFileSync(join(made.folder, ".braid/lock"), JSON.stringify(other));
    const stopped = await made.braid("-F");
    expect(stopped.code).toBe(2);
    expect(stopped.stderr).toContain(
      "Cannot start: another run works in this folder\n  process  1 on elsewhere",
    );
    expect((await made.braid("-n")).code).toBe(0);
    expect((await made.braid("--unlock", "-n")).stdout).toBe("The lock would be removed.\n");
    expect((await made.braid("--unlock")).stdout).toBe("The lock is removed.\n");
    expect((await made.braid("--unlock")).stdout).toBe("There is no lock.\n");
    expect((await made.braid("-F")).code).toBe(0);
  });

  test("without a run of its own in the journal is that of a run that plans", async () => {
    writeFileSync(join(made.folder, ".braid/lock"), JSON.stringify(other));
    expect((await made.braid("status")).stdout).toBe(
      "A run has begun and is planning (process 1 on elsewhere).\n",
    );
  });

  test("of a process that is gone from this host breaks itself", async () => {
    writeFileSync(
      join(made.folder, ".braid/lock"),
      JSON.stringify({ ...other, host: hostname(), boot: "an earlier boot" }),
    );
    expect((await made.braid("-F")).code).toBe(0);
  });
});

describe("a config with a scope", () => {
  const scoped = `
import { writeFileSync } from "node:fs";
import { rule, workflow, z } from "braid-engine";
export default workflow({
  config: z.strictObject({
    experiment: z.string().default("one"),
    experiments: z.record(z.string(), z.strictObject({ epochs: z.number() })),
  }),
  scope: ({ experiment = "one" }) => \`experiments.\${experiment}\`,
  resolve: ({ experiment, experiments }) => ({ experiment, ...experiments[experiment] }),
  rules: ({ experiment, epochs }) => ({
    all: rule({ output: "epochs.txt", params: { experiment, epochs }, run: ({ output, params }) => writeFileSync(output, JSON.stringify(params)) }),
  }),
});
`;
  const config = "experiments:\n  one: { epochs: 1 }\n  two: { epochs: 2 }\n";

  test("that an option moves takes short options there", async () => {
    const { braid, read } = project({ "workflow.ts": scoped, "config.yml": config });
    await braid("--experiment", "two", "--epochs", "7");
    expect(JSON.parse(read("epochs.txt"))).toEqual({ experiment: "two", epochs: 7 });
    expect((await braid("--experiment", "two", "--help")).stdout).toMatch(/--epochs VALUE +\[now: 2\]/);
    await braid("--epochs", "5");
    expect(JSON.parse(read("epochs.txt"))).toEqual({ experiment: "one", epochs: 5 });
  });
});

describe("a profile", () => {
  test("gives options that the command line leaves open", async () => {
    made.write("slow.yml", "jobs: 1\nkeep-going: true\nmark: '?'\nnames: [a]\n");
    const { stdout } = await made.braid("-n", "--profile", "slow.yml");
    expect(stdout).toContain("shout (name=a)\n    reason: changed params");
    expect(stdout).not.toContain("name=b");
    expect((await made.braid("-n", "--profile", "slow.yml", "--mark", "!", "--names", "a", "b")).stdout).toBe(
      upToDate,
    );
  });

  test("with an option that nobody knows is refused", async () => {
    made.write("wrong.yml", "jobz: 1\n");
    const { code, stderr } = await made.braid("-n", "--profile", "wrong.yml");
    expect(code).toBe(2);
    expect(stderr).toContain('Cannot read the profile "wrong.yml": cannot read option "--jobz"');
    expect(stderr).toContain('Did you mean "--jobs"?');
  });
});

describe("in a folder without a workflow", () => {
  test("braid says how to name one and how to begin", async () => {
    const { folder, braid } = project({});
    expect(await braid("-n")).toMatchObject({
      code: 2,
      stdout: "",
      stderr: `Cannot find the workflow "workflow.ts": the file does not exist
  folder  ${realpathSync(folder)}
  Name another file first (braid other.ts), or begin with: braid init
`,
    });
  });

  test("help, the version, status and doctor are there all the same", async () => {
    const { braid } = project({});
    const help = await braid("--help");
    expect(help).toMatchObject({ code: 0, stderr: "" });
    expect(help.stdout).toContain(
      "The workflow is ./workflow.ts, or a file that is named first: braid other.ts -n.",
    );
    expect((await braid("--version")).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect((await braid("status")).stdout).toContain("Nothing has run in ");
    expect((await braid("why", "--help")).stdout).toMatch(/^Usage: braid why PATH/);
  });

  test("the command may follow options; words after -- are targets and no command", async () => {
    const { folder, braid } = project({ "w/kept": "" });
    expect((await braid("-d", "w", "status")).stdout).toContain(
      `Nothing has run in ${realpathSync(folder)}/w`,
    );
    for (const words of [
      ["--", "init"],
      ["-d", "status"],
    ])
      expect(await braid(...words)).toMatchObject({
        code: 2,
        stdout: "",
        stderr: expect.stringContaining('Cannot find the workflow "workflow.ts"'),
      });
    expect(readdirSync(folder).sort()).toEqual(["node_modules", "w"]);
  });

  test("another file is a workflow when it is named first, before or after the command", async () => {
    const { braid } = project({ "sub/other.ts": letters, "a.txt": "one", "b.txt": "two" });
    expect((await braid("sub/other.ts", "-n", "-q")).stdout).toMatch(/total +4\n/);
    expect((await braid("why", "sub/other.ts", "out/a.up")).stdout).toContain("out/a.up: missing");
    expect((await braid("sub/other.ts", "why", "out/a.up")).stdout).toContain("out/a.up: missing");
  });

  test("a file that is no workflow is refused", async () => {
    const { braid } = project({ "workflow.ts": "export default {};\n" });
    const { code, stderr } = await braid("-n");
    expect(code).toBe(2);
    expect(stderr).toContain("it has no default export made by workflow()");
  });
});

describe("init", () => {
  test("writes a workflow that runs as it is", async () => {
    const fresh = project({});
    const { stdout, code } = await fresh.braid("init");
    expect(code).toBe(0);
    expect(stdout).toContain("Written to ");
    expect((await fresh.braid()).code).toBe(0);
    expect(fresh.read("results/letters.txt")).toBe("Hello Ada!\nHello Grace!\nHello Katherine!\n");
    expect((await fresh.braid("-n", "--greeting", "Salut", "-q")).stdout).toMatch(/letter +3 +0\n/);
  });

  test("writes what a project needs, and its tests pass", async () => {
    const { folder, braid } = project({});
    await braid("init", "letters");
    const place = join(folder, "letters");
    expect(readdirSync(place).sort()).toEqual([
      ".gitignore",
      "config.yml",
      "names.txt",
      "package.json",
      "tsconfig.json",
      "workflow.test.ts",
      "workflow.ts",
    ]);
    const tested = spawnSync(process.execPath, ["--test", "--test-reporter=tap"], {
      cwd: place,
      encoding: "utf8",
    });
    expect(tested.status, tested.stdout).toBe(0);
    expect(tested.stdout).toContain("# pass 2\n");
    const tsc = join(root, "node_modules/.bin/tsc");
    const types = ["--typeRoots", join(root, "node_modules/@types")];
    const checked = spawnSync(tsc, ["-p", place, ...types], { encoding: "utf8" });
    expect(checked.stdout).toBe("");
    writeFileSync(join(place, "wrong.ts"), "enum Level { low }\n");
    expect(spawnSync(tsc, ["-p", place, ...types], { encoding: "utf8" }).stdout).toContain("TS1294");
  });

  test("makes the folder that is named", async () => {
    const fresh = project({});
    expect((await fresh.braid("init", "sub/dir")).stdout).toContain("  cd sub/dir\n");
    expect(JSON.parse(fresh.read("sub/dir/package.json"))).toMatchObject({ name: "dir", type: "module" });
  });

  test("overwrites nothing", async () => {
    const { code, stderr } = await made.braid("init");
    expect(code).toBe(2);
    expect(stderr).toContain("it already contains a workflow.ts\n  Name another folder: init my-project.");
    expect(made.read("workflow.ts")).toBe(letters);
    expect(existsSync(join(made.folder, "names.txt"))).toBe(false);
  });

  test("leaves other files of a project as they are, and says so", async () => {
    const fresh = project({ "tsconfig.json": "{}", ".gitignore": "dist\n" });
    expect((await fresh.braid("init")).stdout).toContain(
      "names.txt, workflow.test.ts, package.json\nLeft as they are: tsconfig.json, .gitignore\n",
    );
    expect(fresh.read("tsconfig.json") + fresh.read(".gitignore")).toBe("{}dist\n");
  });

  test("says what an existing package lacks, and refuses a damaged one before it writes", async () => {
    const fresh = project({ "package.json": '{\n\t"name": "x"\n}\n' });
    expect((await fresh.braid("init")).stdout).toContain(
      "  npm install braid-engine\n  npm pkg set type=module",
    );
    const damaged = project({ "package.json": '{ "name": "x", "name": "y" }\n' });
    const { code, stderr } = await damaged.braid("init");
    expect(code).toBe(2);
    expect(stderr).toContain('Cannot read config "package.json": a key is written twice\n  line 1');
    expect(existsSync(join(damaged.folder, "workflow.ts"))).toBe(false);
  });
});

describe("doctor", () => {
  test("finds a good folder good, and leaves nothing in it", async () => {
    const { folder, braid } = project({});
    const { stdout, code } = await braid("doctor");
    expect(stdout).toMatch(/^ {2}ok {2}node +\d+/);
    expect(stdout).toMatch(/ok {2}behaviour +rename, links/);
    expect(stdout).toMatch(
      /(ok {2}python +Python \d+\.\d|-- {2}python +python3 not found; only script rules)/,
    );
    expect(stdout).toContain("Everything works.");
    expect(code).toBe(0);
    expect(existsSync(join(folder, ".braid"))).toBe(false);
  });

  test.skipIf(!existsSync("/dev/shm") || statSync("/dev/shm").dev === statSync(tmpdir()).dev)(
    "lists folders on other disks (skipped where /dev/shm is none)",
    async () => {
      const { folder, braid } = project({});
      const far = mkdtempSync("/dev/shm/braid-doctor-");
      onTestFinished(() => rmSync(far, { recursive: true }));
      symlinkSync(far, join(folder, "out"));
      const { stdout, code } = await braid("doctor");
      expect(stdout).toMatch(/ok {2}other disk +out \(tmpfs\): outputs in it are staged there/);
      expect(stdout.match(/other disk/g)).toHaveLength(1);
      expect(code).toBe(0);
      symlinkSync(mkdtempSync(join(far, "own-")), join(folder, ".braid"));
      for (let i = 0; i < 2; i++)
        expect((await braid("doctor")).stdout).toMatch(
          /ok {2}other disk +\.braid \(tmpfs\): outputs are staged elsewhere/,
        );
    },
  );

  test("finds a folder that cannot be written to bad", async () => {
    const { folder, braid } = project({});
    mkdirSync(join(folder, "work"));
    writeFileSync(join(folder, "work/.braid"), "a file in the way");
    const { stdout, code } = await braid("doctor", "-d", "work");
    expect(code).toBe(1);
    expect(stdout).toMatch(/!! {2}behaviour +(EEXIST|ENOTDIR)/);
    expect(readFileSync(join(folder, "work/.braid"), "utf8")).toBe("a file in the way");
  });
});
