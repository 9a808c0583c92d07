import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { realFiles } from "../disk/real-files.ts";
import { readHistory } from "../journal/journal.ts";
import { literal } from "../patterns/pattern.ts";
import { touch } from "../rules/marks.ts";
import { type Rules, rule } from "../rules/rule.ts";
import { fillShell, shellTemplate, shellWord } from "../rules/shell-template.ts";
import type { RunOptions } from "../run/options.ts";
import { run } from "../run/run.ts";
import type { Schedule } from "../run/schedule.ts";
import { endsSoon } from "../testing/script-folder.ts";
import { timeOut } from "../testing/time-out.ts";
import { describeExit } from "./exit-status.ts";
import { deviceNames } from "./server.ts";
import { toBashInput } from "./shell.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "braid-shell-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const go = (rules: Rules, options: Partial<RunOptions> = {}) => run({ rules, folder, slots: 2, ...options });
const text = (path: string) => readFileSync(join(folder, path), "utf8");

test("a command is filled with the job's paths and values", async () => {
  writeFileSync(join(folder, "in put.txt"), "b\na\n");
  const rules = {
    sorted: rule({
      input: { table: "in put.txt" },
      output: "{kind}/out.txt",
      params: { flags: ["-r", "-u"], nothing: "it's" },
      resources: { threads: 2 },
      shell:
        "sort {params.flags} {input.table:q} > {output:q}; echo {wildcards.kind} {threads} {params.nothing:q} >> {output}",
    }),
  };
  expect(await go(rules, { targets: ["big/out.txt"] })).toMatchObject({ outcome: "done" });
  expect(text("big/out.txt")).toBe("b\na\nbig 2 it's\n");
});

test("a name of any characters is one word to bash when quoted", () => {
  for (const name of ["a b", "it's", 'say "x"', "$HOME", "a;b", "é", "-x", "*"])
    expect(fillShell(shellTemplate("r", "{input:q}"), { input: name })).toBe(shellWord(name));
  expect(shellWord("it's")).toBe("'it'\\''s'");
  expect(shellWord("plain/path-1.txt")).toBe("plain/path-1.txt");
});

test("a file goes by its place too, among named ones and alone, as in Snakemake", () => {
  const filled = (command: string, job: object) => fillShell(shellTemplate("r", command), job);
  const job = {
    input: { x: "a", y: ["b", "a"] },
    output: "o",
    params: { n: [1, 2], m: 3 },
    log: "l",
    rule: "one",
  };
  expect(filled("{rule} {input[0]} {input[1]} {input[2]} {input.y[1]} {output[0]} {log[0]}", job)).toBe(
    "one a b a a o l",
  );
  expect(filled("{params[0]} {params[1]} {params.m}", job)).toBe("1 2 3 3");
  const kinds = {
    ...{ set: new Set(["a", "b c"]), map: new Map([["k", 1]]), array: new Uint8Array([1, 2]), big: 5n },
    ...{ day: new Date(0), link: new URL("http://a/b"), like: /a.b/g },
  };
  expect(filled("{params.set:q} {params.map} {params.array} {params.big}", { params: kinds })).toBe(
    "a 'b c' 1 1 2 5",
  );
  expect(filled("{params.day} {params.link} {params.like}", { params: kinds })).toBe(
    "1970-01-01T00:00:00.000Z http://a/b /a.b/g",
  );
  expect(() => filled("{input[3]}", job)).toThrow("there is no {input.3} for this job");
  expect(() => filled("{output[1]}", job)).toThrow("there is no {output.1} for this job");
});

test("lists are words, one after the other, and single ones can be picked", () => {
  const job = { input: ["a", "b c"], output: { x: "o" } };
  expect(fillShell(shellTemplate("r", "{input} {input:q} {input[1]:q} {input.0} {output}"), job)).toBe(
    "a b c a 'b c' 'b c' a o",
  );
  expect(() => fillShell(shellTemplate("r", "{input[7]}"), job)).toThrow(
    "there is no {input.7} for this job",
  );
});

test("a command with more words than the system takes fails with a way out, which works", async () => {
  const shell = (command: string) => go({ one: rule({ output: "out", shell: command }) });
  const { failed } = await shell("/bin/echo $(seq 700000) > {output}");
  expect(failed[0]!.error).toContain(
    "Argument list too long\nThe system starts no program with so many arguments.",
  );
  expect(failed[0]!.error).toContain("printf '%s\\n' {input:q} | xargs -d '\\n' cat");
  await shell("printf '%s\n' $(seq 700000) | xargs -d '\n' /bin/echo | wc -w > {output}");
  expect(text("out").trim()).toBe("700000");
});

test("a resource that is booked under another name is told with those that there are", async () => {
  const { failed } = await go({
    one: rule({ output: "out", resources: { mem: "2GB" }, shell: "echo {resources.mem} > {output}" }),
  });
  expect(failed[0]!.error).toContain(
    "there is no {resources.mem} for this job\n  there are  mem_mb, threads, gpu",
  );
});

test("braces of the shell are doubled, values with braces stay as they are", async () => {
  const rules = {
    one: rule({
      output: "out",
      params: { text: "{test}" },
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the braces are bash's
      shell: "X=1; echo ${{X}} '{params.text}' > {output}",
    }),
  };
  await go(rules);
  expect(text("out")).toBe("1 {test}\n");
});

test("an error anywhere in a command fails the job, with the end of its log", async () => {
  for (const command of [
    "false; touch {output}",
    "echo oh no; exit 3",
    "false | touch {output}",
    "x=$(exit 1); touch {output}",
  ]) {
    const { failed } = await go({ one: rule({ output: "out", shell: command }) });
    expect(failed[0]!.error).toMatch(/^The command ended with exit code [13]\./);
  }
  const { failed } = await go({ one: rule({ output: "out", shell: "echo before >&2; echo $unset" }) });
  expect(failed[0]!.error).toContain("before\n");
  expect(failed[0]!.error).toContain("unset: unbound variable");
});

test.each([
  [
    "says so, whatever follows",
    "echo 'tool: a.bin: No space left on device' >&2; seq 9 >&2; exit 1",
    "\ntool: a.bin: No space left on device\n5\n6\n7\n8\n9",
  ],
  [
    "cannot say so, as its log is on that disk",
    "touch {params.folder}/full; exit 1",
    "\nThere is no space left on the disk; messages of the command may be lost too.",
  ],
])("a full disk ends the run, without trying again, where a command %s", async (_, shell, said) => {
  const stopped: string[] = [];
  const emit: RunOptions["emit"] = (event) => void (event.kind === "stopping" && stopped.push(event.why));
  const room = () => ({ bytes: existsSync(join(folder, "full")) ? 0 : 1e12, files: 1e9 });
  const options = { retries: 3, keepGoing: true, emit, files: { ...realFiles(folder), room } };
  const ended = await go({ one: rule({ output: "out", params: { folder }, shell }) }, options);
  expect(ended.failed[0]!.error).toBe(`The command ended with exit code 1.${said}`);
  expect(stopped).toEqual(["no space"]);
});

test("what a command prints goes to the log that the rule names, which outlives a failure", async () => {
  const rules = {
    one: rule({ output: "{x}.out", log: "logs/{x}.log", shell: "echo said; echo {log} >&2; exit 1" }),
  };
  const { failed } = await go(rules, { targets: ["a.out"] });
  expect(text("logs/a.log").startsWith("said\n")).toBe(true);
  expect(failed[0]!.log).toBe(join(folder, "logs/a.log"));
});

test("a command of 256 KB works", async () => {
  const long = "x".repeat(256 * 1024);
  expect(await go({ one: rule({ output: "out", shell: `echo ${long} > {output}` }) })).toMatchObject({
    outcome: "done",
  });
  expect(text("out")).toHaveLength(long.length + 1);
});

test("a command sees only the devices that it was given", async () => {
  const rules = {
    all: rule({ input: ["0.out", "1.out"] }),
    one: rule({
      output: "{x}.out",
      resources: { gpu: 1 },
      shell: "echo $CUDA_VISIBLE_DEVICES {resources.gpu} > {output}; sleep 0.3",
    }),
  };
  await go(rules, { limits: new Map([["gpu", 2]]) });
  expect([text("0.out"), text("1.out")].sort()).toEqual(["0 0\n", "1 1\n"]);
});

test("devices go by the names that this process sees", () => {
  const before = process.env.CUDA_VISIBLE_DEVICES;
  process.env.CUDA_VISIBLE_DEVICES = "GPU-aa,GPU-bb";
  expect(deviceNames([1])).toBe("GPU-bb");
  if (before === undefined) delete process.env.CUDA_VISIBLE_DEVICES;
  else process.env.CUDA_VISIBLE_DEVICES = before;
});

test("a command that takes too long is ended with all that it started", async () => {
  const command = "sleep 100 & echo $! > child; wait";
  const { failed } = await timeOut(
    (timeout) => go({ one: rule({ output: "out", timeout, shell: `cd ${folder}; ${command}` }) }),
    () => existsSync(join(folder, "child")),
  );
  expect(failed[0]!.error).toMatch(/The job took longer than its timeout of [\d.]+ s\./);
  expect(await endsSoon(Number(text("child")))).toBe(true);
});

test("cancelled, commands are ended with all that they started", async () => {
  let schedule!: Schedule;
  const rules = { one: rule({ output: "out", shell: `cd ${folder}; sleep 100 & echo $! > child; wait` }) };
  const ended = go(rules, {
    onStart: (started) => {
      schedule = started;
    },
  });
  // The shell makes the file before it writes into it.
  while (!existsSync(join(folder, "child")) || text("child") === "")
    await new Promise((resolve) => setTimeout(resolve, 10));
  schedule.cancel();
  expect(await ended).toMatchObject({ outcome: "interrupted", done: 0 });
  expect(await endsSoon(Number(text("child")))).toBe(true);
});

test("commands of a batch run in turn, each a job of its own", async () => {
  const rules = {
    all: rule({ input: ["1.out", "2.out", "3.out"] }),
    one: rule({
      output: "{x}.out",
      batch: 3,
      shell: "test {wildcards.x} != 2; echo {wildcards.x} > {output}",
    }),
  };
  expect(await go(rules, { slots: 1, keepGoing: true })).toMatchObject({
    done: 2,
    failed: [{ job: "one (x=2)" }],
  });
  expect(text("3.out")).toBe("3\n");
});

test("a command that does not parse, or ends its own shell, hurts no other", async () => {
  const rules = {
    all: rule({ input: ["a", "b", "c", "d"] }),
    a: rule({ output: "a", shell: "echo 'unclosed" }),
    b: rule({ output: "b", shell: "kill -9 0" }),
    c: rule({ output: "c", shell: "cd /; export X=1; exec 3>&1; echo ) >&2" }),
    d: rule({ output: "d", shell: "echo $((1 + 1)) > {output}; exit 0" }),
  };
  const { failed } = await go(rules, { slots: 1, keepGoing: true });
  expect(failed.map((one) => one.job).sort()).toEqual(["a", "b", "c"]);
  expect(text("d")).toBe("2\n");
});

test.each([
  "touch out/1",
  "sort -k 2 a>b",
  "cat a b >> c.txt",
  "X=1 env < in",
  "iffy a",
  "time.sh a",
  "./a .",
  ".a",
])("%j is read by bash as it stands", (command) => {
  expect(toBashInput(command)).toBe(command);
});

test.each([
  "touch >",
  "cat << EOF",
  "a > > b",
  "if a",
  "time a",
  "echo $HOME",
  "a; b",
  "a | b",
  "a &",
  "a\nb",
  "echo 'x'",
  "(a)",
  "> out",
  "",
  ". a.sh",
  "X=1 source a.sh",
])("%j gets a bash of its own", (command) => {
  expect(toBashInput(command)).toBe(`exec bash -euo pipefail -c ${shellWord(command)}`);
});

test("plain commands fail as others do, and hurt no other", async () => {
  const rules = {
    all: rule({ input: ["a", "b", "c"] }),
    a: rule({ output: "a", shell: "no-such-program {output}" }),
    b: rule({ output: "b", shell: "exit 3" }),
    c: rule({ output: "c", shell: "touch {output}" }),
  };
  const { failed, done } = await go(rules, { slots: 1, keepGoing: true });
  expect(done).toBe(1);
  expect(failed.map(({ error }) => error.split("\n")[0])).toEqual([
    "The command ended with exit code 127.",
    "The command ended with exit code 3.",
  ]);
});

test("a command that a signal ends says what that means, inside of a prefix too", async () => {
  const rules = {
    all: rule({ input: ["a", "b", "c", "d"] }),
    a: rule({ output: "a", shell: "bash -c 'kill -9 $$'" }),
    // More than a pipe holds: `yes` is still writing when `head` ends.
    b: rule({ output: "b", shell: "yes | head -n 1 > {output}" }),
    c: rule({ output: "c", shell: "exec kill -9 $BASHPID" }),
    d: rule({ output: "d", prefix: "env", shell: "sh -c 'kill -11 $$'" }),
  };
  const { failed } = await go(rules, { slots: 1, keepGoing: true });
  expect(failed.map(({ error }) => error.split("\n")[0])).toEqual([
    "The command ended with exit code 137 (SIGKILL): killed from outside; perhaps out of memory.",
    expect.stringMatching(/^The command ended with exit code 141 \(SIGPIPE\): .*`head`.*pipefail/),
    expect.stringMatching(/^The command ended with exit code 137 \(SIGKILL\)/),
    expect.stringMatching(/^The command ended with exit code 139 \(SIGSEGV\): a crash/),
  ]);
});

/** What a command may do to its shell; to `kill -9 $$` and the like, bash itself would say nothing. */
const ends = [
  ...[
    "kill $$",
    "kill -INT $$",
    "kill -9 $$",
    "kill -HUP $BASHPID",
    "(kill $$)",
    "bash -c 'kill $PPID; sleep 1'",
  ],
  ...["exit 3", "(exit 4)", "exec false", "exec true", "false", "set +e; false"],
  ...[
    "trap 'echo term' TERM; kill $$",
    "trap 'echo out' EXIT",
    "trap 'exit 7' EXIT",
    "trap '' TERM; kill $$",
  ],
  ...["trap 'echo err' ERR; false", "trap : TERM; (kill $$); exit 9", ". k.sh"],
  ...["source k.sh", "exec 3>&-", "exec <&- >&-", "set +u; echo $none", "sleep 9 & kill $!", "cd /; exit"],
];

test.each(ends)("%j ends a command as it ends bash", async (command) => {
  const [kill, path] = [join(folder, "k.sh"), join(folder, "trace")];
  writeFileSync(kill, "kill $$\n");
  const rest = command.startsWith("source") ? "" : `; echo rest >> ${path}`;
  const body = command.replaceAll("k.sh", kill) + rest;
  const alone = spawnSync("bash", ["-euo", "pipefail", "-c", body]);
  const before = existsSync(path) ? text("trace") : "";
  rmSync(path, { force: true });
  const { failed } = await go(
    {
      all: rule({ input: ["one.ok", "next"] }),
      one: rule({ output: touch("one.ok"), shell: literal(body) }),
      next: rule({ output: "next", shell: "echo > {output}" }),
    },
    { slots: 1, keepGoing: true },
  );
  const code = alone.signal === null ? alone.status : 128 + constants.signals[alone.signal];
  const said = failed.map(({ error }) => error.split("\n")[0]);
  expect(said).toEqual(code === 0 ? [] : [describeExit("The command", code, null)]);
  expect(existsSync(path) ? text("trace") : "").toBe(before);
  expect(text("next")).toBe("\n");
});

test("a command that is asked to end may clean up after itself", async () => {
  const command = `trap 'echo cleaned > ${"$"}F; exit 1' TERM; sleep 100 & wait`;
  await timeOut(
    (timeout) => go({ one: rule({ output: "out", timeout, shell: `F=${folder}/trace; ${command}` }) }),
    () => existsSync(join(folder, "trace")),
  );
  expect(text("trace")).toBe("cleaned\n");
});

test("the CPU time and the peak memory of a command are in its trace", async () => {
  const busy = "i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done";
  const rules = {
    all: rule({ input: ["busy", "idle"] }),
    busy: rule({
      output: "busy",
      shell: `bash -c '${busy}'; x=$(head -c 30000000 /dev/zero | tr '\\0' x); sleep 0.3; echo > {output}`,
    }),
    idle: rule({ output: "idle", shell: "sleep 0.1; echo > {output}" }),
  };
  expect(await go(rules, { slots: 1 })).toMatchObject({ outcome: "done" });
  const { traces } = readHistory(realFiles(folder));
  const [worked, slept] = [traces.get("busy")!, traces.get("idle")!];
  expect(worked.cpu).toBeGreaterThan(slept.cpu! + 20);
  if (process.platform === "linux") expect(worked.memory).toBeGreaterThan(30_000_000);
});

test("no bash is left when a run has ended, so that the CPU time of commands counts for this process", async () => {
  await go({ one: rule({ output: "out", shell: "echo $$ > {output}" }) });
  expect(await endsSoon(Number(text("out")))).toBe(true);
});
