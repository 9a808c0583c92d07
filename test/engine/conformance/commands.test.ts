/** What the command line promises, after Snakemake's own tests (names in brackets). */
import { existsSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type ProjectFolder, project } from "../../cli/project.ts";

const workflow = `
import { directory, rule, temp, workflow, z } from "braid-engine";

export default workflow({
  config: z.strictObject({
    text: z.string().default("default"),
    deep: z.strictObject({ a: z.number().default(1), b: z.number().default(2) }).prefault({}),
  }),
  rules: ({ text, deep }) => ({
    all: rule({ input: ["end", "folder"] }),
    end: rule({ input: "mid", output: "end", params: { text, deep }, shell: "echo {params.text} {params.deep.a} {params.deep.b} | cat - {input} > {output}" }),
    mid: rule({ input: "src", output: temp("mid"), params: { text }, shell: "cat {input} > {output}" }),
    folder: rule({ input: "src", output: directory("folder"), log: "logs/folder.log", shell: "mkdir {output}; cp {input} {output}/copy; echo made" }),
  }),
});
`;

async function made(files: Readonly<Record<string, string>> = {}): Promise<ProjectFolder> {
  const one = project({ "workflow.ts": workflow, src: "s\n", ...files });
  expect((await one.braid()).code).toBe(0);
  return one;
}

const nothing = "Nothing to be done: everything asked for is up to date.\n";

test("--touch takes outputs, folders too, without running a body; a temporary file that is gone is no error [test_touch_pipeline_with_temp_dir, test_touch_with_directories]", async () => {
  const one = await made();
  expect(existsSync(join(one.folder, "mid"))).toBe(false);
  const before = [one.read("end"), statSync(join(one.folder, "folder/copy")).mtimeMs];
  one.write("src", "another\n");
  expect((await one.braid("--text", "new", "-n", "--quiet")).stdout).toContain("total       4");
  expect((await one.braid("--text", "new", "--touch")).stdout).toBe("3 jobs marked as up to date.\n");
  expect((await one.braid("--text", "new")).stdout).toBe(nothing);
  expect([one.read("end"), statSync(join(one.folder, "folder/copy")).mtimeMs]).toEqual(before);
  expect(existsSync(join(one.folder, "mid"))).toBe(false);
});

test("--touch without any record: what stands counts as made now, though its times say otherwise [test_touch_with_directories]", async () => {
  const one = project({ "workflow.ts": workflow, src: "s\n", mid: "m\n", end: "e\n", "folder/copy": "c\n" });
  const past = new Date("2020-01-01");
  for (const path of ["end", "folder/copy"]) utimesSync(join(one.folder, path), past, past);
  expect((await one.braid("-n", "--quiet")).stdout).not.toBe(nothing);
  expect((await one.braid("--touch")).code).toBe(0);
  expect((await one.braid()).stdout).toBe(nothing);
  expect([one.read("end"), one.read("folder/copy")]).toEqual(["e\n", "c\n"]);
});

test("--list-untracked lists files that are neither input, output nor log of the plan [test_list_untracked]", async () => {
  const one = await made({ stray: "", "data/old.csv": "" });
  expect((await one.braid("--list-untracked")).stdout.trimEnd().split("\n")).toEqual([
    "data/old.csv",
    "stray",
    "workflow.ts",
  ]);
});

test("--unlock works where there is no lock, and where nothing ever ran [test_unlock]", async () => {
  const one = project({ "workflow.ts": workflow, src: "" });
  expect(await one.braid("--unlock")).toMatchObject({ code: 0, stdout: "There is no lock.\n" });
  one.write(
    ".braid/lock",
    JSON.stringify({ pid: 1, host: "elsewhere", boot: "", started: "", since: "", command: "" }),
  );
  expect((await one.braid()).code).toBe(2);
  expect(await one.braid("--unlock")).toMatchObject({ code: 0, stdout: "The lock is removed.\n" });
  expect((await one.braid()).code).toBe(0);
});

test("a config file is merged into the defaults key by key, and an option beats it [test_update_config, test_config]", async () => {
  const one = project({ "workflow.ts": workflow, src: "", "other.yml": "deep: { b: 20 }\ntext: file\n" });
  const say = async (...args: string[]) => {
    expect((await one.braid(...args)).code).toBe(0);
    return one.read("end");
  };
  expect(await say()).toBe("default 1 2\n");
  expect(await say("--configfile", "other.yml")).toBe("file 1 20\n");
  expect(await say("--configfile", "other.yml", "--deep.a", "10", "--text", "option")).toBe("option 10 20\n");
  one.write("third.yml", "deep: { b: 30 }\n");
  expect(await say("--configfile", "other.yml", "third.yml")).toBe("file 1 30\n");
  expect(await say("--configfile", "third.yml", "--configfile", "other.yml")).toBe("file 1 20\n");
  expect(await say("--configfile", "third.yml", "--config", "deep.a=7", "text=word")).toBe("word 7 30\n");
  expect((await one.braid("--configfile", "third.yml", "end")).stderr).toContain(
    'Cannot read config "end": the top of the file is not a map of keys',
  );
  expect((await one.braid("--configfile", "third.yml", "none")).stderr).toContain(
    'Cannot read config "none": the file does not exist\n  Put targets before the options, or after --.',
  );
});
