/** What runs again, parts of a plan, resources, later inputs and safety, after Snakemake's own tests (names in brackets). */
import { readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { after, directory, expand, rule, temp } from "braid-engine";
import { expect, test } from "vitest";
import { newCase } from "./case.ts";

const cat = "cat {input} > {output}";

test("a link is as new as what it points to [test_symlink_time_handling]", async () => {
  const one = newCase({ target: "1" });
  symlinkSync("target", join(one.folder, "link"));
  const rules = { r: rule({ input: "link", output: "out", shell: cat }) };
  await one.run(rules);
  expect(await one.run(rules)).toMatchObject({ total: 0 });
  one.write("target", "22");
  expect(one.plan(rules).counts).toEqual(new Map([["r", 1]]));
});

test("a job whose inputs are those recorded does not run, though it hangs behind a later input [test_github_issue1818]", async () => {
  const one = newCase();
  const make = (shell: string) => ({
    all: rule({ input: after("list", () => "x.txt"), output: "all", shell: cat }),
    list: rule({ output: "list", shell: "echo x > {output}" }),
    x: rule({ output: "x.txt", shell }),
  });
  await one.run(make("touch {output}"));
  expect(await one.run(make("exit 1"), { triggers: new Set(["input"]) })).toMatchObject({ total: 0 });
});

test("a job that failed with other params runs again with the next, and what needs it [test_failed_intermediate]", async () => {
  const one = newCase();
  const make = (fail: string) => ({
    b: rule({ input: "a", output: "b", shell: cat }),
    a: rule({
      output: "a",
      params: { fail },
      shell: "test {params.fail} != true; echo {params.fail} > {output}",
    }),
  });
  await one.run(make("init"));
  expect(await one.run(make("true"))).toMatchObject({ outcome: "failed" });
  one.ran();
  await one.run(make("false"));
  expect(one.ran()).toEqual(["a", "b"]);
});

test("an input counts as changed when it is newer than the oldest output and its content differs [own]", async () => {
  const one = newCase({ src: "1" });
  const rules = {
    r: rule({ input: "src", output: ["o1", "o2"], shell: "for f in {output}; do cat {input} > $f; done" }),
  };
  await one.run(rules);
  one.touch("src");
  expect(one.plan(rules).counts.size).toBe(0);
  one.write("src", "2");
  one.touch("src");
  expect(one.plan(rules).counts.size).toBe(1);
});

test("each trigger can be switched off; without a record only times count [own]", async () => {
  const one = newCase({ src: "1", more: "m", made: "by hand" });
  const make = (n: number, input: string[]) => ({
    r: rule({ input: input as ["x"], output: "out", params: { n }, shell: cat }),
  });
  await one.run(make(1, ["src"]));
  const plan = (...on: ("params" | "input" | "mtime" | "code")[]) =>
    one.plan(make(2, ["src", "more"]), { triggers: new Set(on) }).jobs()[0]?.reason;
  expect(plan("params")).toBe("changed params");
  expect(plan("input")).toBe("changed input set");
  expect(plan("mtime", "code")).toBeUndefined();
  expect(one.plan({ r: rule({ output: "made", params: { n: 5 }, shell: "false" }) }).counts.size).toBe(0);
});

const levels = {
  all: rule({ input: ["levelthree.txt", "independent.txt"] }),
  three: rule({
    input: ["leveltwo_first.txt", "leveltwo_second.txt", "test1.second"],
    output: "levelthree.txt",
    shell: cat,
  }),
  leveltwo_first: rule({ input: "levelone.txt", output: "leveltwo_first.txt", shell: cat }),
  two: rule({ input: "levelone.txt", output: "leveltwo_second.txt", shell: cat }),
  second_wildcard: rule({ input: "levelone.txt", output: "{name}.second", shell: cat }),
  one: rule({ output: "levelone.txt", shell: "echo 1 > {output}" }),
  independent: rule({ output: "independent.txt", shell: "touch {output}" }),
};

test("until rules or files: they, and what they need [test_until]", async () => {
  const one = newCase();
  await one.run(levels, { select: { until: ["leveltwo_first", "leveltwo_second.txt", "second_wildcard"] } });
  expect(
    ["levelone.txt", "leveltwo_first.txt", "leveltwo_second.txt", "test1.second"].map(one.exists),
  ).toEqual([true, true, true, true]);
  expect([one.exists("levelthree.txt"), one.exists("independent.txt")]).toEqual([false, false]);
});

test("omit from a rule: not it, nor what needs it [own]", async () => {
  const one = newCase();
  await one.run(levels, { select: { omitFrom: ["leveltwo_first"] } });
  expect(one.exists("leveltwo_second.txt")).toBe(true);
  expect([one.exists("leveltwo_first.txt"), one.exists("levelthree.txt")]).toEqual([false, false]);
});

test("threads are clipped to what there is, none may be booked, and large jobs do not overlap [test_threads, test_threads0, test_scheduler_sequential_all_cores]", async () => {
  const one = newCase();
  const rules = {
    all: rule({ input: ["a.t", "b.t", "zero"] }),
    big: rule({
      output: "{x}.t",
      resources: { threads: 99 },
      shell: "test ! -e busy; touch busy; sleep 0.1; rm busy; echo {threads} > {output}".replaceAll(
        "busy",
        join(one.folder, "busy"),
      ),
    }),
    zero: rule({ output: "zero", resources: { threads: 0 }, shell: "echo {threads} > {output}" }),
  };
  expect(await one.run(rules)).toMatchObject({ outcome: "done" });
  expect(["a.t", "b.t", "zero"].map(one.text)).toEqual(["3\n", "3\n", "0\n"]);
});

test("ready jobs start by descending priority [test_priority]", async () => {
  const one = newCase();
  await one.run(
    {
      all: rule({ input: expand("{n}.out", { n: [1, 2, 3] }) }),
      r: rule({
        output: "{n}.out",
        priority: ({ wildcards }) => Number(wildcards.n),
        shell: "touch {output}",
      }),
    },
    { slots: 1 },
  );
  expect(one.ran()).toEqual(["r (n=3)", "r (n=2)", "r (n=1)", "all"]);
});

test("the sum of what runs never exceeds a resource's limit [test_solver, test_resources]", async () => {
  const one = newCase();
  const lock = join(one.folder, "busy");
  const rules = {
    all: rule({ input: expand("{n}.out", { n: [1, 2, 3] }) }),
    r: rule({
      output: "{n}.out",
      resources: { io: 2 },
      shell: `mkdir ${lock}; sleep 0.05; rmdir ${lock}; touch {output}`,
    }),
  };
  expect(await one.run(rules, { limits: new Map([["io", 3]]) })).toMatchObject({ outcome: "done" });
});

test("a command line of 256 KB works [test_long_shell]", async () => {
  const one = newCase();
  await one.run({ r: rule({ output: "out", shell: `echo ${"x".repeat(256 * 1024)} > {output}` }) });
  expect(one.text("out").length).toBe(256 * 1024 + 1);
});

test("what is needed may depend on what another job made [test_checkpoints]", async () => {
  const one = newCase();
  await one.run({
    all: rule({ input: ["a.agg", "b.agg"] }),
    aggregate: rule({
      input: ({ sample }) =>
        after(`somestep/${sample}.txt`, (made) =>
          readFileSync(made, "utf8").trim() === "a" ? `post/${sample}.txt` : `alt/${sample}.txt`,
        ),
      output: "{sample}.agg",
      shell: cat,
    }),
    somestep: rule({ output: "somestep/{sample}.txt", shell: "echo {wildcards.sample} > {output}" }),
    post: rule({ output: "post/{sample}.txt", shell: "echo post > {output}" }),
    alt: rule({ output: "alt/{sample}.txt", shell: "echo alt > {output}" }),
  });
  expect([one.text("a.agg"), one.text("b.agg")]).toEqual(["post\n", "alt\n"]);
});

function clusters() {
  return {
    all: rule({
      input: after("clusters", (made) => expand("post/{i}.txt", { i: readdirSync(made) })),
      output: "all.txt",
      shell: cat,
    }),
    clustering: rule({
      input: "n",
      output: directory("clusters"),
      shell: "mkdir {output}; for i in $(cat {input}); do echo $i > {output}/$i; done",
    }),
    post: rule({ input: "mid/{i}", output: temp("post/{i}.txt"), shell: cat }),
    mid: rule({ input: "clusters", output: temp("mid/{i}"), shell: "cat {input}/{wildcards.i} > {output}" }),
  };
}

test("a folder of unknown many files decides what comes next [test_checkpoints_dir]; temporary files behind it go too [test_temp_checkpoint]", async () => {
  const one = newCase({ n: "1 2 3" });
  expect(await one.run(clusters())).toMatchObject({ outcome: "done" });
  expect(one.text("all.txt")).toBe("1\n2\n3\n");
  expect(readdirSync(one.folder).filter((name) => !name.startsWith("."))).toEqual([
    "all.txt",
    "clusters",
    "mid",
    "n",
    "post",
  ]);
  expect([readdirSync(join(one.folder, "mid")), readdirSync(join(one.folder, "post"))]).toEqual([[], []]);
  expect(await one.run(clusters())).toMatchObject({ total: 0 });
});

test("what is wanted is said anew whenever the plan has grown [test_checkpoint_until, test_checkpoint_omit_from]", async () => {
  const make = () => ({ ...clusters(), other: rule({ input: "mid/1", output: "other", shell: cat }) });
  const made = (one: ReturnType<typeof newCase>) => one.ran().sort();
  const until = newCase({ n: "1 2" });
  await until.run(make(), { select: { until: ["post"] } });
  expect(made(until)).toEqual(["clustering", "mid (i=1)", "mid (i=2)", "post (i=1)", "post (i=2)"]);
  expect([until.exists("all.txt"), until.exists("post/1.txt")]).toEqual([false, true]);
  const omit = newCase({ n: "1 2" });
  await omit.run(make(), { select: { omitFrom: ["post"] } });
  expect(made(omit)).toEqual(["clustering", "mid (i=1)", "mid (i=2)"]);
});

test("a file that decides and was only touched makes nothing after it run [test_checkpoint_rerun]", async () => {
  const one = newCase({ n: "1 2" });
  await one.run(clusters());
  one.ran();
  one.touch("clusters/1");
  one.touch("clusters");
  expect(await one.run(clusters())).toMatchObject({ total: 0 });
});

test("a file that decides and was deleted is made again, and nothing after it runs [test_checkpoint_missing_output]", async () => {
  const one = newCase({ n: "1 2" });
  await one.run(clusters());
  one.ran();
  rmSync(join(one.folder, "clusters"), { recursive: true });
  expect(await one.run(clusters())).toMatchObject({ outcome: "done" });
  expect(one.ran()).toEqual(["clustering"]);
});

test("a deleted file in the middle that nothing needs stays away [own]", async () => {
  const one = newCase({ src: "1" });
  const rules = {
    all: rule({ input: "end" }),
    end: rule({ input: "mid", output: "end", shell: cat }),
    mid: rule({ input: "src", output: "mid", shell: cat }),
  };
  await one.run(rules);
  rmSync(join(one.folder, "mid"));
  expect(await one.run(rules)).toMatchObject({ total: 0 });
  one.ran();
  await one.run(rules, { force: { these: ["end"] } });
  expect(one.ran()).toEqual(["mid", "end", "all"]);
});

test("a file that decides and whose own input cannot be made is taken as it stands [test_uncreatable_checkpoint_input]", async () => {
  const one = newCase({ list: "x" });
  await one.run({
    all: rule({ input: after("list", () => "x.txt"), output: "all", shell: cat }),
    list: rule({ input: "never", output: "list", shell: cat }),
    x: rule({ output: "x.txt", shell: "echo x > {output}" }),
  });
  expect(one.text("all")).toBe("x\n");
});

test("jobs that need each other are named before anything runs [own]", () => {
  const one = newCase();
  const rules = {
    a: rule({ input: "b", output: "a", shell: cat }),
    b: rule({ input: "a", output: "b", shell: cat }),
  };
  expect(() => one.plan(rules)).toThrow('Cannot order the jobs "a": it needs itself');
});

test("endless recursion ends in an error [own]", () => {
  const one = newCase();
  const rules = { r: rule({ input: "{x}.txt.txt", output: "{x}.txt", shell: cat }) };
  expect(() => one.plan(rules, { targets: ["a.txt"] })).toThrow(", without end");
});

test("a failing command inside a command ends the job [test_strict_mode]", async () => {
  const one = newCase();
  const { outcome } = await one.run({ r: rule({ output: "out", shell: "x=$(exit 1); touch {output}" }) });
  expect(outcome).toBe("failed");
});
