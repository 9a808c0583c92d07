import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { realFiles } from "../disk/real-files.ts";
import { readHistory } from "../journal/journal.ts";
import { expand } from "../patterns/expand.ts";
import { directory } from "../rules/marks.ts";
import { type AnyRule, rule } from "../rules/rule.ts";
import type { Schedule } from "../run/schedule.ts";
import { endsSoon, file, folder, go, newFolders, noPython, py, text } from "../testing/script-folder.ts";
import { timeOut } from "../testing/time-out.ts";

const noNumpy = spawnSync("python3", ["-c", "import numpy"]).status !== 0;
if (noNumpy) console.warn("Skipped: a Python script with NumPy, which this machine does not have.");

newFolders();

/** Three jobs of one script, one after the other. */
const three = (script: string, more: Partial<AnyRule> = {}) => {
  const one = { ...rule({ output: "{x}.out", script }), ...more };
  return { all: rule({ input: ["1.out", "2.out", "3.out"] }), one };
};

describe.skipIf(noPython)("a Python script", () => {
  test("finds its files, values and what it may use in `braid`", async () => {
    file("a.txt", "a");
    file("b.txt", "b");
    const script = py(
      "import json, os",
      "job = braid",
      "said = dict(rule=job.rule, table=job.input.table, parts=job.input['parts'], first=job.input[0], n=len(job.input),",
      "  x=job.wildcards.x, rate=job.params.rate, deep=job.params.deep['y'], names=list(job.params.keys()),",
      "  threads=job.threads, mem=job.resources.mem_mb, attempt=job.attempt, omp=os.environ['OMP_NUM_THREADS'],",
      "  gone=job.params.get('gone', 7), own=os.path.basename(job.scriptdir))",
      "with open(job.output, 'w') as out:",
      "    json.dump(said, out)",
    );
    const one = rule({
      input: { table: "a.txt", parts: ["a.txt", "b.txt"] },
      output: "{x}.json",
      params: { rate: 0.1, deep: { y: [1, null] } },
      resources: { threads: 2, mem_mb: 100 },
      script: pathToFileURL(script),
    });
    expect(await go({ one }, { targets: ["z.json"], slots: 2 })).toMatchObject({ outcome: "done" });
    const [a, b] = [join(folder, "a.txt"), join(folder, "b.txt")];
    expect(JSON.parse(text("z.json"))).toEqual({
      ...{ rule: "one", table: a, parts: [a, b], first: a, n: 3, x: "z", rate: 0.1, deep: [1, null] },
      ...{ names: ["rate", "deep"], threads: 2, mem: 100, attempt: 1, omp: "2", gone: 7 },
      own: "scripts",
    });
  });

  test("written for Snakemake runs as it is", async () => {
    file("in.txt", "one\n");
    const script = py(
      "import sys",
      "sys.stderr = sys.stdout = open(snakemake.log[0], 'w')",
      "print('said', snakemake.wildcards['x'], snakemake.input)",
      "with open(snakemake.input[0]) as source, open(snakemake.output[0], 'w') as out:",
      "    out.write(source.read() * snakemake.params.times + str(snakemake.threads) + snakemake.config['end'])",
    );
    const one = rule({
      input: "in.txt",
      output: "{x}.out",
      log: "{x}.log",
      params: { times: 2, config: { end: "." } },
      script,
    });
    expect(await go({ one }, { targets: ["a.out"] })).toMatchObject({ outcome: "done" });
    expect(text("a.out")).toBe("one\none\n1.");
    expect(text("a.log")).toBe(`said a ${join(folder, "in.txt")}\n`);
  });

  test("is run by a copy of an interpreter that stays, in which what it imports is imported already", async () => {
    mkdirSync(join(folder, "site"));
    file("site/slow.py", `with open(${JSON.stringify(folder)} + '/count', 'a') as count: count.write('x')\n`);
    const script = py(
      "import os, slow",
      "with open(braid.output, 'w') as out: print(os.getpid(), os.getppid(), file=out)",
    );
    expect(await go(three(script, { prefix: `env PYTHONPATH=${folder}/site` }))).toMatchObject({ done: 4 });
    const made = [1, 2, 3].map((n) => text(`${n}.out`).trim().split(" "));
    expect(new Set(made.map(([own]) => own)).size).toBe(3);
    expect(new Set(made.map(([, parent]) => parent)).size).toBe(1);
    // Once by the first script, once by the interpreter for all that come.
    expect(text("count")).toBe("xx");
    expect(await endsSoon(Number(made[0]![1]))).toBe(true);
  });

  test.skipIf(noNumpy)("that does not seed NumPy draws other numbers in every job", async () => {
    const script = py(
      "import numpy as np",
      "with open(braid.output, 'w') as out: print(np.random.rand(), np.random.default_rng().random(), file=out)",
    );
    expect(await go(three(script))).toMatchObject({ done: 4 });
    expect(new Set([1, 2, 3].flatMap((n) => text(`${n}.out`).trim().split(" "))).size).toBe(6);
  });

  test("finds modules as they are imported, whatever the job before it has done to them", async () => {
    mkdirSync(join(folder, "site"));
    file("site/settings.py", "colour = 'blue'\n");
    const script = py(
      "import json, random, settings, signal, warnings",
      "assert settings.colour == 'blue'",
      "with open(braid.output, 'w') as out: json.dump(random.random(), out)",
      "settings.colour = 'red'; warnings.simplefilter('error'); signal.alarm(1)",
    );
    expect(await go(three(script, { prefix: `env PYTHONPATH=${folder}/site` }))).toMatchObject({ done: 4 });
    expect(new Set([1, 2, 3].map((n) => text(`${n}.out`))).size).toBe(3);
  });

  test("finds nothing of the job before it: names, arguments, folder, environment, log files", async () => {
    const script = py(
      "import os, sys, logging, random",
      "def show(): return sorted(set(globals()) & {'left', 'show'}), sys.argv, os.getcwd(), os.environ.get('LEFT')",
      "assert show() == (['show'], [__file__], show()[2], None), show()",
      "assert os.path.basename(os.getcwd()) != 'elsewhere'",
      "logging.basicConfig(filename=braid.log[0], level=logging.INFO)",
      "logging.info('job %s', braid.wildcards.x)",
      "sys.stdout = open(os.devnull, 'w')",
      "open(braid.output, 'w').write('x')",
      "left = 1; sys.argv = ['left']; os.environ['LEFT'] = '1'",
      `os.makedirs(${JSON.stringify(folder)} + '/elsewhere', exist_ok=True); os.chdir(${JSON.stringify(folder)} + '/elsewhere')`,
    );
    expect(await go(three(script, { log: "{x}.log" }))).toMatchObject({ done: 4 });
    expect([text("1.log"), text("3.log")]).toEqual(["INFO:root:job 1\n", "INFO:root:job 3\n"]);
  });

  test("gets its own helper, not that of the same name beside another script", async () => {
    for (const name of ["one", "two"]) {
      mkdirSync(join(folder, name));
      file(`${name}/helper.py`, `name = "${name}"\n`);
      file(`${name}/script.py`, "import helper\nopen(braid.output, 'w').write(helper.name)\n");
    }
    const rules = {
      all: rule({ input: ["a", "b"] }),
      a: rule({ output: "a", script: join(folder, "one/script.py") }),
      b: rule({ output: "b", script: join(folder, "two/script.py") }),
    };
    expect(await go(rules)).toMatchObject({ done: 3 });
    expect([text("a"), text("b")]).toEqual(["one", "two"]);
  });

  test("that leaves files open, in a cycle too, has written all of them", async () => {
    const script = py(
      "class Holder: pass",
      "holder = Holder(); holder.self = holder",
      "holder.out = open(braid.output, 'w'); holder.out.write('y' * 100)",
    );
    expect(await go(three(script))).toMatchObject({ done: 4 });
    expect(text("2.out")).toHaveLength(100);
  });

  test("that writes as its last objects are taken apart, or through C, has written all of it", async () => {
    const script = py(
      "import ctypes, json",
      "class Writer:",
      "    def __init__(self): self.file = open(braid.output.late, 'w')",
      "    def __del__(self): self.file.write(json.dumps([1]))",
      "writer = Writer()",
      "libc = ctypes.CDLL(None)",
      "libc.fopen.restype = ctypes.c_void_p",
      "file = libc.fopen(braid.output.c.encode(), b'w')",
      "libc.fputs(b'from C', ctypes.c_void_p(file))",
    );
    expect(await go({ one: rule({ output: { late: "late", c: "c" }, script }) })).toMatchObject({ done: 1 });
    expect([text("late"), text("c")]).toEqual(["[1]", "from C"]);
  });

  test("finds its own file where an installed module has the same name", async () => {
    file("scripts/colorsys.py", "own = True\n");
    mkdirSync(join(folder, "others"));
    const first = file(
      "others/first.py",
      "import colorsys\nopen(braid.output, 'w').write(colorsys.__file__)\n",
    );
    const rules = {
      all: rule({ input: ["a", "b", "c"] }),
      a: rule({ output: "a", script: first }),
      b: rule({
        output: "b",
        input: "a",
        script: py("import colorsys", "assert colorsys.own", "open(braid.output, 'w')"),
      }),
      c: rule({ output: "c", input: "b", script: first }),
    };
    expect(await go(rules)).toMatchObject({ done: 4, failed: [] });
    expect(text("c")).toBe(text("a"));
  });

  test("that is asked to end may clean up after itself", async () => {
    const script = py(
      "import signal, sys, time",
      "def end(*_):",
      `    time.sleep(0.5); open(${JSON.stringify(folder)} + '/trace', 'w').write('cleaned'); sys.exit(1)`,
      "signal.signal(signal.SIGTERM, end)",
      "time.sleep(100)",
    );
    await timeOut(
      (timeout) => go({ one: rule({ output: "out", timeout, script }) }),
      () => existsSync(join(folder, "trace")),
    );
    expect(text("trace")).toBe("cleaned");
  });

  test("ends when its threads have, and when what it wants done at its end is done", async () => {
    const script = py(
      "import atexit, threading, time",
      "lines = []",
      "def late(): time.sleep(0.2); lines.append('late')",
      "def write(): open(braid.output, 'w').write(' '.join(lines + ['end']))",
      "threading.Thread(target=late).start()",
      "atexit.register(write)",
    );
    expect(await go(three(script))).toMatchObject({ done: 4 });
    expect(text("3.out")).toBe("late end");
  });

  test("gets numbers that JSON lacks, sets, maps and typed arrays; dates as texts", async () => {
    const script = py(
      "p = braid.params",
      "assert p.inf == float('inf') and p.nan != p.nan and p.low == -float('inf') and p.big == 2 ** 70",
      "assert p.set == ['a', 'b'] and p.map == {'k': 1} and p.array == [1.5, 2.0], p",
      "assert p.none is None and p.day == '2020-01-02T00:00:00.000Z'",
      "open(braid.output, 'w')",
    );
    const params = {
      ...{ inf: Infinity, nan: NaN, low: -Infinity, big: 2n ** 70n, none: null },
      ...{ set: new Set(["a", "b"]), map: new Map([["k", 1]]), array: new Float64Array([1.5, 2]) },
      day: new Date("2020-01-02"),
    };
    const { failed } = await go({ one: rule({ output: "out", params, script }) });
    expect(failed).toEqual([]);
  });

  test("gets thirty thousand inputs, more than a command line holds", async () => {
    const names = Array.from({ length: 30_000 }, (_, i) => `${"long".repeat(20)}-${i}`);
    const rules = {
      one: rule({
        input: expand("in/{name}", { name: names }),
        output: "out",
        script: py("open(braid.output, 'w').write(str(len(braid.input)))"),
      }),
    };
    mkdirSync(join(folder, "in"));
    for (const name of names) file(`in/${name}`, "");
    expect(await go(rules)).toMatchObject({ outcome: "done" });
    expect(text("out")).toBe("30000");
  });

  test("fails with its error and line, and the log has the rest", async () => {
    const script = py(
      "import os",
      "def fit(x):",
      "    if x == '2': raise ValueError('no rows of ' + x)",
      "print('job', braid.wildcards.x, os.getpid())",
      "fit(braid.wildcards.x)",
      "open(braid.output, 'w').write(str(os.getpid()))",
    );
    const { failed, done } = await go(three(script, { log: "{x}.log" }), { keepGoing: true });
    expect(done).toBe(2);
    expect(failed[0]!.error).toBe(`ValueError: no rows of 2\n  at ${script}:3`);
    expect(text("2.log")).toMatch(
      /^job 2 \d+\nTraceback[\s\S]*line 5, in <module>[\s\S]*line 3, in fit[\s\S]*ValueError: no rows of 2\n$/,
    );
    expect(text("2.log")).not.toContain("<string>");
  });

  test.each([
    ["does not parse", ["print('open'"], "SyntaxError: '(' was never closed"],
    [
      "asks for a param that is not there",
      ["braid.params.rat"],
      "there is no item 'rat' here; the names are: none",
    ],
    [
      "asks for the config",
      ["snakemake.config"],
      "a job has no 'config': what a script uses comes through `params`",
    ],
    ["opens several files as one", ["open(braid.output)"], "2 files where one path is wanted"],
    ["ends itself", ["import sys", "sys.exit(3)"], "The script ended with exit code 3."],
    [
      "ends itself with a text",
      ["import sys", "sys.exit('no data')"],
      "The script ended itself with 'no data'.",
    ],
    ["ends its process", ["import os", "os._exit(5)"], "The script ended with exit code 5."],
    [
      "is killed",
      ["import os", "os.kill(os.getpid(), 9)"],
      "The script was ended by SIGKILL: killed from outside; perhaps out of memory.",
    ],
    ["ends with a signal's code", ["import sys", "sys.exit(139)"], "exit code 139 (SIGSEGV): a crash"],
    ["writes nothing", ["pass"], 'Cannot keep "a": the body ended without writing it'],
    [
      "makes no folder where one is declared",
      ["[open(path, 'w') for path in braid.output]"],
      "the body made a file",
    ],
  ])("that %s fails and says so", async (_, lines, error) => {
    const { failed } = await go({ one: rule({ output: ["a", directory("b")], script: py(...lines) }) });
    expect(failed[0]!.error).toContain(error);
    expect(existsSync(join(folder, "a"))).toBe(false);
  });

  test("that ends its process with 0 ends well, and one without a last line's end or in another encoding", async () => {
    const script = py("import os", "open(braid.output, 'w').write('é')", "os._exit(0)");
    writeFileSync(
      script,
      Buffer.from(`# -*- coding: latin-1\n${readFileSync(script, "utf8").trimEnd()}`, "latin1"),
    );
    // What is not flushed is lost with the process, as it is in Python.
    expect(await go(three(script))).toMatchObject({ done: 4, outcome: "done" });
    writeFileSync(script, Buffer.from("# -*- coding: latin-1\nopen(braid.output, 'w').write('é')", "latin1"));
    expect(await go(three(script))).toMatchObject({ done: 4 });
    expect(text("1.out")).toBe("é");
    writeFileSync(script, "\ufeffopen(braid.output, 'w').write('bom')");
    expect(await go(three(script))).toMatchObject({ done: 4 });
    expect(text("1.out")).toBe("bom");
  });

  test("that asks for the job as Snakemake 8 has it, or for the words of a wrapper, gets it", async () => {
    const bare = file("bare", '#!/bin/bash\nshift\nexec python3 -S "$@"\n');
    chmodSync(bare, 0o755);
    const script = py(
      "from snakemake.script import snakemake as job",
      "assert job is braid",
      "assert job.log_fmt_shell() == f' > {job.log[0]} 2>&1'",
      "assert job.log_fmt_shell(stdout=False, append=True) == f' 2>> {job.log[0]}'",
      "open(job.output[0], 'w')",
    );
    const { failed } = await go({ one: rule({ output: "out", log: "log", prefix: bare, script }) });
    expect(failed).toEqual([]);
  });

  test("gets all of the devices' and threads' variables anew, without another interpreter for each device", async () => {
    const script = py(
      "import os",
      "open(braid.output, 'w').write(f\"{os.getppid()} {os.environ.get('CUDA_VISIBLE_DEVICES')}\")",
    );
    const rules = {
      all: rule({ input: ["a", "b"] }),
      a: rule({ output: "a", resources: { gpu: 1 }, script }),
      b: rule({ output: "b", script }),
    };
    expect(await go(rules)).toMatchObject({ done: 3 });
    const [a, b] = [text("a").split(" "), text("b").split(" ")];
    expect([a[0], a[1], b[1]]).toEqual([b[0], "0", "None"]);
  });

  test("that ends itself with 0, or splits its process, ends well", async () => {
    const script = py(
      "import os, sys",
      "child = os.fork()",
      "if child == 0: print('child'); sys.exit(0)",
      "os.waitpid(child, 0)",
      "open(braid.output, 'w')",
      "sys.exit(0)",
    );
    expect(await go(three(script))).toMatchObject({ done: 4, outcome: "done" });
  });

  test("that takes too long, or is cancelled, is ended with all that it started", async () => {
    const lines = [
      "import subprocess",
      `child = subprocess.Popen(['sleep', '100'])`,
      `open(${JSON.stringify(folder)} + '/child', 'w').write(str(child.pid))`,
      "child.wait()",
    ];
    const one = (timeout: number) => rule({ output: "out", timeout, script: py(...lines) });
    const { failed } = await timeOut(
      (timeout) => go({ one: one(timeout) }),
      () => existsSync(join(folder, "child")),
    );
    expect(failed[0]!.error).toMatch(/The job took longer than its timeout of [\d.]+ s\./);
    expect(await endsSoon(Number(text("child")))).toBe(true);

    rmSync(join(folder, "child"));
    let schedule!: Schedule;
    const ended = go(
      { one: one(100) },
      {
        onStart: (started) => {
          schedule = started;
        },
      },
    );
    while (!existsSync(join(folder, "child")) || text("child") === "")
      await new Promise((resolve) => setTimeout(resolve, 10));
    schedule.cancel();
    expect(await ended).toMatchObject({ outcome: "interrupted", done: 0 });
    expect(await endsSoon(Number(text("child")))).toBe(true);
  });

  test("sees only the devices that it was given, from the start of its interpreter", async () => {
    const script = py(
      "import os, time",
      "assert braid.resources.gpu == [int(os.environ['CUDA_VISIBLE_DEVICES'])]",
      "open(braid.output, 'w').write(os.environ['CUDA_VISIBLE_DEVICES']); time.sleep(0.3)",
    );
    const rules = three(script, { resources: { gpu: 1 } });
    expect(await go(rules, { slots: 2, limits: new Map([["gpu", 2]]) })).toMatchObject({ done: 4 });
    expect([text("1.out"), text("2.out")].sort()).toEqual(["0", "1"]);
  });

  test("that is edited while jobs run is run as it was planned", async () => {
    const script = py(
      `with open(${JSON.stringify(join(folder, "scripts/script.py"))}, 'w') as me: me.write('raise 1')`,
      "import os; open(braid.output, 'w'); os._exit(1) if braid.attempt == 1 else None",
    );
    expect(await go(three(script), { retries: 1 })).toMatchObject({ done: 4, failed: [] });
  });

  test("has its CPU time and peak memory in its trace, each job its own", async () => {
    const script = py(
      "import time",
      "if braid.wildcards.x == '1':",
      "    data = bytearray(80_000_000); total = sum(range(3_000_000))",
      "open(braid.output, 'w'); time.sleep(0.3)",
    );
    await go(three(script));
    const { traces } = readHistory(realFiles(folder));
    const [busy, idle] = [traces.get("1.out")!, traces.get("3.out")!];
    expect(busy.cpu).toBeGreaterThan(idle.cpu! + 20);
    if (process.platform === "linux") expect(busy.memory).toBeGreaterThan(idle.memory! + 50_000_000);
  });

  test("is part of its rule: a change of it makes jobs run again, of its line ends not", async () => {
    const rules = () => three(py("open(braid.output, 'w')"));
    expect(await go(rules())).toMatchObject({ done: 4 });
    expect(await go(rules())).toMatchObject({ done: 0 });
    const again = (content: string) => go(three(file("scripts/script.py", content)));
    expect(await again("open(braid.output, 'w')\r\n")).toMatchObject({ done: 0 });
    expect(await again("open(braid.output, 'w') # why\n")).toMatchObject({ done: 4 });
  });
});
