import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { realFiles } from "../disk/real-files.ts";
import { readHistory } from "../journal/journal.ts";
import { rule } from "../rules/rule.ts";
import { file, folder, go, newFolders, noR, r, text } from "../testing/script-folder.ts";

newFolders();

/** R that writes a value as text which tells apart what R itself does, numbers in base 16. */
const show = `
show <- function(x) {
  if (is.null(x)) return("null")
  text <- if (is.numeric(x)) sprintf("%a", x)
    else if (is.character(x)) vapply(x, function(one) paste(c("s", utf8ToInt(one)), collapse = " "), "")
    else if (is.logical(x)) as.character(x)
    else vapply(x, show, "")
  names <- if (is.null(names(x)) || !is.list(x)) "" else paste0(vapply(names(x), function(one) paste(c(utf8ToInt(one), ":"), collapse = " "), ""))
  paste0(class(x)[[1]], "[", paste0(names, text, collapse = ","), "]")
}
named <- function(x) x[names(x) != ""]`;

describe.skipIf(noR)("an R script", () => {
  test("finds its files, values and what it may use in `snakemake` and `braid`", async () => {
    file("a.txt", "a");
    file("b.txt", "b");
    const script = r(
      "job <- snakemake",
      "stopifnot(identical(snakemake, braid), identical(ls(all.names = FALSE), c('braid', 'job', 'snakemake')))",
      "stopifnot(identical(readLines(job@input[['table']], warn = FALSE), 'a'), job@input$table == job@input[[1]])",
      "stopifnot(basename(job@input$parts) == c('a.txt', 'b.txt'), basename(job@input[[3]]) == 'b.txt')",
      "stopifnot(job@rule == 'one', job@wildcards$x == 'z', job@wildcards[[1]] == 'z', job@threads == 2)",
      "stopifnot(job@params[['rate']] == 0.1, job@params[[1]] == 0.1, job@resources[['mem_mb']] == 100)",
      "stopifnot(braid$attempt == 1, basename(job@scriptdir) == 'scripts', job@config$deep$year == 2000)",
      "stopifnot(Sys.getenv('OMP_NUM_THREADS') == '2', grepl('[.]log$', job@log[[1]]))",
      "job@source('helper.R')",
      "cat(helped, file = job@output[[1]])",
    );
    file("scripts/helper.R", "helped <- basename(getwd())\n");
    const one = rule({
      input: { table: "a.txt", parts: ["a.txt", "b.txt"] },
      output: "{x}.out",
      params: { rate: 0.1, config: { deep: { year: 2000 } } },
      resources: { threads: 2, mem_mb: 100 },
      log: "{x}.log",
      script: pathToFileURL(script),
    });
    expect(await go({ one }, { targets: ["z.out"], slots: 2 })).toMatchObject({ failed: [], done: 1 });
    expect(text("z.out")).toBe("scripts");
  });

  test("without files, params or wildcards finds empty lists, and asks for its config by a clear error", async () => {
    const script = r(
      "empty <- list(snakemake@input, snakemake@params, snakemake@wildcards)",
      "stopifnot(lengths(empty) == 0)",
      "snakemake@config[['key']]",
    );
    const { failed } = await go({ one: rule({ output: "out", script }) });
    expect(failed[0]!.error).toBe(
      `The script ended with exit code 1.\nError: the job has no config: pass it as a param, \`params: { config }\`\n  at ${script}:3`,
    );
  });

  test.each(["C", "C.UTF-8"])("gets every value exactly, in the locale %s", async (locale) => {
    vi.stubEnv("LC_ALL", locale);
    const values = {
      quotes: "a \"b\" 'c' `d` \\ $e {f} %s \\n \\x41",
      lines: "one\ntwo\r\n\ttab \u0001\u007f\u2028",
      unicode: "é ß 水温 𝒳 👩‍🔬 \u00a0 \ufeff",
      empty: "",
      long: "é".repeat(20_001),
      flags: [true, false],
      flag: false,
      nothing: null,
      numbers: [0.1, -0, 1e-320, Number.MAX_VALUE, 2 ** 53 - 1, 2 ** 63, -1.5],
      odd: [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
      mixed: [1, null, "a", [true, [2]]],
      small: 12n,
      large: 123456789012345678901234567890n,
      day: new Date("2001-02-03T04:05:06Z"),
      set: new Set([1, 2]),
      map: new Map([['é `"', 1]]),
      none: [],
      'a b\n"é': { "": 1, if: 2 },
    };
    const script = r(show, "writeLines(show(named(snakemake@params)), snakemake@output[[1]])");
    expect(await go({ one: rule({ output: "é.out", params: values, script }) })).toMatchObject({
      failed: [],
    });
    vi.unstubAllEnvs();
    expect(text("é.out")).toBe(`${shown(values)}\n`);
  });

  test("gets random values exactly, nested to any depth", async () => {
    const deep = Array.from({ length: 200 }).reduce<unknown>((inner) => ({ a: inner, b: [1] }), "end");
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: "small" },
        fc.double(),
        fc.integer(),
        fc.bigInt(),
        fc.boolean(),
        fc.constant(null),
        fc.string({ unit: "binary" }).map((one) => one.replaceAll("\0", "")),
        fc.array(tie("any")),
        fc.array(fc.double()),
        fc.dictionary(
          fc.string().map((one) => `k${one}`),
          tie("any"),
        ),
      ),
    })).any;
    const values = fc.sample(value, { numRuns: 500, seed: 1 });
    const script = r(show, "writeLines(vapply(snakemake@params$all, show, ''), snakemake@output[[1]])");
    const params = { all: [deep, ...values, null] };
    expect(await go({ one: rule({ output: "out", params, script }) })).toMatchObject({ failed: [] });
    expect(text("out").split("\n").slice(0, -1)).toEqual(params.all.map(shown));
  });

  test("gets a hundred thousand inputs", async () => {
    const script = r(
      "cat(length(snakemake@params$paths), snakemake@params$paths[[100000]], file = snakemake@output[[1]])",
    );
    const paths = Array.from({ length: 100_000 }, (_, i) => `some/folder/file_${i}.csv`);
    expect(await go({ one: rule({ output: "out", params: { paths }, script }) })).toMatchObject({
      failed: [],
    });
    expect(text("out")).toBe("100000 some/folder/file_99999.csv");
  });

  test.each([
    ["a\0b", "the character NUL"],
    ["a\ud800", "half of a UTF-16 surrogate pair"],
  ])("cannot get a text that R cannot hold: %j", async (odd, cause) => {
    const params = { list: [{ name: odd }] };
    const { failed } = await go({ one: rule({ output: "out", params, script: r("1") }) });
    expect(failed[0]!.error).toContain(`Cannot pass to R "params.list[0].name": it contains ${cause}`);
  });

  test("prints to the log what Rscript prints: values, messages, warnings at once", async () => {
    const script = r(
      "1 + 1",
      "x <- 3",
      "invisible(4)",
      "message('said')",
      "as.integer('x')",
      "cat('no', file = snakemake@output[[1]])",
      "system('echo from a command')",
    );
    expect(await go({ one: rule({ output: "out", log: "log", script }) })).toMatchObject({ done: 1 });
    const log = text("log").split("\n");
    expect(log).toEqual(expect.arrayContaining(["[1] 2", "said", "[1] NA", "from a command"]));
    expect(text("log")).toMatch(/^\[1\] 2\nsaid\nWarning.*: NAs introduced by coercion.*\n\[1\] NA\n/s);
    expect(text("log")).not.toMatch(/[34]/);
  });
});

describe.skipIf(noR)("an R script that fails", () => {
  test.each([
    ["at the top", ["x <- 1", "", "stop('bad thing')"], "Error: bad thing\n  at SCRIPT:3"],
    ["in a block", ["{", "  x <- 1", "  stop('bad')", "}"], "Error: bad\n  at SCRIPT:3"],
    [
      "in a loop",
      ["x <- 1", "for (i in 1:3) {", "  if (i == 2)", "    stop('bad')", "}"],
      "Error: bad\n  at SCRIPT:2-5",
    ],
    [
      "in a function that R has compiled",
      ["f <- function(i) {", "  if (i == 9)", "    stop('bad')", "}", "for (i in 1:9)", "  f(i)"],
      "Error in f(i): bad\n  at SCRIPT:2\n  at SCRIPT:5-6",
    ],
    [
      "in a function",
      ["fit <- function(x) {", "  y <- x", "  log(y)", "}", "", "fit('a')"],
      "Error in log(y): non-numeric argument to mathematical function\n  at SCRIPT:3\n  at SCRIPT:6",
    ],
    [
      "as it is read",
      ["x <- 1", "y <- 1 2"],
      "Error: SCRIPT:2:8: unexpected numeric constant\n1: x <- 1\n2: y <- 1 2\n          ^",
    ],
    [
      "for a warning",
      ["options(warn = 2)", "as.integer('a')"],
      "Error: (converted from warning) NAs introduced by coercion\n  at SCRIPT:2",
    ],
    [
      "without end",
      ["f <- function() f()", "f()"],
      /Error.*(nested too deeply|stack).*\n {2}at SCRIPT:[12]/s,
    ],
    [
      "with output elsewhere",
      ["sink('/dev/null'); sink(stdout(), type = 'message')", "stop('é')"],
      "Error: é\n  at SCRIPT:2",
    ],
  ])("%s says R's error and the line", async (_, lines, said) => {
    const script = r(...lines);
    const { failed } = await go({ one: rule({ output: "out", script }) });
    const error = failed[0]!.error.replaceAll(script, "SCRIPT");
    if (typeof said === "string") expect(error).toBe(`The script ended with exit code 1.\n${said}`);
    else expect(error).toMatch(said);
  });

  test("has done what it left to `on.exit` and `finally`", async () => {
    const script = r(
      "f <- function() { on.exit(cat('left ', file = stderr())); stop('bad') }",
      "tryCatch(f(), finally = message('finally'))",
    );
    const { failed } = await go({ one: rule({ output: "out", log: "log", script }) });
    expect(text("log")).toMatch(/^left finally\nError in f\(\): bad\n/);
    expect(failed).toHaveLength(1);
  });

  test("says its error though it has sent its messages to the log itself", async () => {
    const script = r(
      "log <- file(snakemake@log[[1]], open = 'wt')",
      "sink(log); sink(log, type = 'message')",
      "print('printed'); message('said')",
      "stop('bad')",
    );
    const { failed } = await go({ one: rule({ output: "out", log: "log", script }) });
    expect(failed[0]!.error).toContain(`Error: bad\n  at ${script}:4`);
    expect(text("log")).toBe(`[1] "printed"\nsaid\nError: bad\n  at ${script}:4\n`);
  });

  test("by errors that it handles does not fail, and by its own exit code does", async () => {
    const good = r(
      "x <- tryCatch(stop('a'), error = function(e) 'ok'); try(stop('b'), silent = TRUE)",
      "cat(x, file = snakemake@output[[1]]); quit('no', 0)",
      "stop('never')",
    );
    expect(await go({ one: rule({ output: "good", script: good }) })).toMatchObject({ done: 1 });
    expect(text("good")).toBe("ok");
    const { failed } = await go({ one: rule({ output: "bad", script: r("quit('no', 3)") }) });
    expect(failed[0]!.error).toMatch(/^The script ended with exit code 3\./);
  });

  test.each([1, 200_000])(
    "that a signal ends leaves no more than that in its error: %i characters",
    async (length) => {
      const script = r("tools::pskill(Sys.getpid(), 9)\nSys.sleep(60)");
      const { failed } = await go({
        one: rule({ output: "out", params: { long: "x".repeat(length) }, script }),
      });
      expect(failed.map(({ error }) => error)).toEqual([
        "The script ended with exit code 137 (SIGKILL): killed from outside; perhaps out of memory.",
      ]);
    },
  );

  test("for lack of memory is retried for that reason, and only then", async () => {
    const retries = { oom: 1, other: 0 };
    const full = r("f <- function() numeric(1e15)", "f()");
    const { failed } = await go({ one: rule({ output: "out", retries, script: full }) });
    expect(failed[0]!.error).toMatch(/^Attempt 2, out of memory: [\s\S]*\nError: cannot allocate vector/);
    const other = r("try(numeric(1e15))", "stop('bad')");
    const { failed: once } = await go({ one: rule({ output: "out", retries, script: other }) });
    expect(once[0]!.error).toMatch(/^The script ended with exit code 1\./);
  });

  test("as R is not there says so", async () => {
    const bin = join(folder, "bin");
    mkdirSync(bin);
    symlinkSync("/bin/bash", join(bin, "bash"));
    vi.stubEnv("PATH", bin);
    const { failed } = await go({ one: rule({ output: "out", script: r("1") }) });
    vi.unstubAllEnvs();
    expect(failed[0]!.error).toMatch(/^The script ended with exit code 127\.\n.*exec: Rscript: not found$/);
  });

  test("by its timeout is ended", async () => {
    const { failed } = await go({ one: rule({ output: "out", timeout: 2, script: r("Sys.sleep(100)") }) });
    expect(failed[0]!.error).toContain("timeout of 2 s");
  });
});

test.skipIf(noR)("its text is the rule's code, and the text that was planned with is what runs", async () => {
  const write = (word: string) => r(`cat('${word}', file = snakemake@output[[1]])`);
  const made = () => go({ one: rule({ output: "out", script: write("a") }) });
  expect(await made()).toMatchObject({ done: 1 });
  expect(await made()).toMatchObject({ done: 0 });
  const rules = {
    two: rule({ output: "out2", input: "early", script: write("b") }),
    early: rule({
      output: "early",
      localRule: true,
      run: ({ output }) => {
        writeFileSync(output, "");
        write("c");
      },
    }),
  };
  expect(await go(rules)).toMatchObject({ done: 2 });
  expect(text("out2")).toBe("b");
  expect(readHistory(realFiles(folder)).traces.get("out2")!.cpu).toBeGreaterThan(0);
  expect(readdirSync(folder).sort()).not.toContain("Rplots.pdf");
  expect(await go({ one: rule({ output: "out", script: join(folder, "scripts/script.R") }) })).toMatchObject({
    done: 1,
  });
});

/** What `show` says of the value. */
function shown(value: unknown): string {
  if (value === null) return "null";
  if (value instanceof Map) return shown(Object.fromEntries(value));
  if (value instanceof Set) return shown([...value]);
  if (value instanceof Date) return shown(value.toISOString());
  if (typeof value === "bigint")
    return shown(Number.isSafeInteger(Number(value)) ? Number(value) : String(value));
  if (Array.isArray(value)) {
    const plain = value.map((one) =>
      typeof one === "bigint" && Number.isSafeInteger(Number(one))
        ? Number(one)
        : typeof one === "bigint"
          ? String(one)
          : one,
    );
    const kinds = new Set(plain.map((one) => typeof one));
    if (kinds.size === 1 && plain.every((one) => one !== null && typeof one !== "object"))
      return `${className(plain[0])}[${plain.map(atom).join(",")}]`;
    return `list[${plain.map(shown).join(",")}]`;
  }
  if (typeof value !== "object") return `${className(value)}[${atom(value)}]`;
  const entries = Object.entries(value as object);
  return `list[${entries.map(([name, one]) => `${[...codes(name), ":"].join(" ")}${shown(one)}`).join(",")}]`;
}

const codes = (one: string) => [...one].map((character) => character.codePointAt(0)!);

function className(value: unknown): string {
  return { string: "character", boolean: "logical", number: "numeric" }[typeof value as string]!;
}

function atom(value: unknown): string {
  if (typeof value === "string") return ["s", ...codes(value)].join(" ");
  if (typeof value === "boolean") return value ? "TRUE" : "FALSE";
  return hexadecimal(value as number);
}

/** As C's `%a`. */
function hexadecimal(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "Inf" : "-Inf";
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  if (value === 0) return `${sign}0x0p+0`;
  let [mantissa, exponent] = [Math.abs(value), 0];
  for (; mantissa >= 2; exponent++) mantissa /= 2;
  // glibc writes subnormal numbers without a leading one.
  for (; mantissa < 1 && exponent > -1022; exponent--) mantissa *= 2;
  const digits = mantissa
    .toString(16)
    .replace(/^(\d)$/, "$1.")
    .split(".") as [string, string];
  const power = exponent < 0 ? `-${-exponent}` : `+${exponent}`;
  return `${sign}0x${digits[0]}${digits[1] === "" ? "" : `.${digits[1]}`}p${power}`;
}
