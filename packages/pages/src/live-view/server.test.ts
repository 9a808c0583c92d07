import { appendFileSync, mkdirSync, mkdtempSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { readAddress, urlOf } from "./address.ts";
import { type LiveView, serveLiveView } from "./server.ts";

let view: LiveView | undefined;
afterEach(async () => {
  await view?.close();
  view = undefined;
});

const record = (value: object) => `${JSON.stringify(value)}\n`;
const run = {
  id: "1",
  at: 1_000,
  host: "elsewhere",
  pid: 1,
  command: "braid -k",
  executor: "workers",
  planned: { train: 3 },
  slots: 2,
  estimate: null,
  shape: { train: { pattern: "m/{site}.csv", jobs: 3, values: { site: ["01", "02", "03"] } } },
};
const trace = (path: string, end: number) => ({
  path,
  rule: "train",
  inputs: "",
  set: "",
  params: "",
  code: "",
  outputs: [{ size: 20, mtime: 1, hash: "" }],
  start: end - 100,
  end,
  attempt: 1,
  call: 1,
});

async function served(): Promise<{ folder: string; url: string }> {
  const folder = mkdtempSync(join(tmpdir(), "braid-ui-"));
  mkdirSync(join(folder, ".braid"));
  writeFileSync(join(folder, ".braid/journal"), record({ t: "run", run }));
  view = await serveLiveView(folder);
  return { folder, url: urlOf(view.address) };
}

/** The next events of a stream, by name. */
async function* events(url: string): AsyncGenerator<{ name: string; data: unknown }> {
  const answer = await fetch(url);
  let text = "";
  for await (const part of answer.body!.pipeThrough(new TextDecoderStream())) {
    text += part;
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const [, name = "", data = "null"] = /^event: (.*)\ndata: (.*)$/.exec(text.slice(0, end))!;
      text = text.slice(end + 2);
      yield { name, data: JSON.parse(data) };
    }
  }
}

/** Status and body of a request with any Host. */
function ask(port: number, path: string, host = `127.0.0.1:${port}`, method = "GET"): Promise<number> {
  return new Promise((resolve, reject) => {
    request({ port, path, method, host: "127.0.0.1", headers: { host } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode!);
    })
      .on("error", reject)
      .end();
  });
}

test("who does not know the token, or comes by another name, gets nothing", async () => {
  await served();
  const { port, token } = view!.address;
  expect(await ask(port, `/${token}/`)).toBe(200);
  expect(await ask(port, `/${token}/`, `localhost:${port}`)).toBe(200);
  expect(await ask(port, `/${token}/`, `evil.example:${port}`)).toBe(404);
  expect(await ask(port, `/${token}/`, undefined, "POST")).toBe(404);
  for (const path of [
    "/",
    "/events",
    `/${token.slice(1)}/`,
    `/${token}x/events`,
    `/${token}/../../etc/passwd`,
  ])
    expect(await ask(port, path)).toBe(404);
});

test("its address is readable by its owner alone, and the next server takes it again", async () => {
  const { folder } = await served();
  const first = view!.address;
  expect(statSync(join(folder, ".braid/ui")).mode & 0o777).toBe(0o600);
  expect(readAddress(folder)).toEqual(first);
  await view!.close();
  view = await serveLiveView(folder);
  expect(view.address).toEqual(first);
});

test("an address that no server can take is replaced", async () => {
  const folder = mkdtempSync(join(tmpdir(), "braid-ui-"));
  mkdirSync(join(folder, ".braid"));
  for (const port of [99_999_999, 0, -1, 1.5, "80", 1]) {
    writeFileSync(join(folder, ".braid/ui"), JSON.stringify({ pid: 1, port, token: "t".repeat(24) }));
    view = await serveLiveView(folder);
    expect(await ask(view.address.port, `/${view.address.token}/alive`)).toBe(200);
    await view.close();
  }
});

test("a page is told of jobs as the journal grows, with the tables that they made", async () => {
  const { folder, url } = await served();
  const stream = events(`${url}events?rule=train&x=site&y=`);
  const next = async (name: string) => {
    for await (const event of { [Symbol.asyncIterator]: () => ({ next: () => stream.next() }) })
      if (event.name === name) return event.data;
    throw new Error("the stream has ended");
  };
  expect(await next("board")).toMatchObject({
    state: "killed",
    command: "braid -k",
    rules: [{ total: 3, done: 0 }],
  });
  mkdirSync(join(folder, "m"));
  writeFileSync(join(folder, "m/02.csv"), "site,nse\n02,0.5\n");
  appendFileSync(
    join(folder, ".braid/journal"),
    record({ t: "start", jobs: ["m/02.csv"], at: 1_500, call: 1, rule: "train" }) +
      record({ t: "done", trace: trace("m/02.csv", 2_000) }),
  );
  expect(await next("grid")).toBeDefined();
  let board = await next("board");
  while ((board as { rules: { done: number }[] }).rules[0]!.done === 0) board = await next("board");
  expect(board).toMatchObject({ rules: [{ rule: "train", total: 3, done: 1, failed: 0 }] });
  expect(await next("grid")).toMatchObject({ xs: ["01", "02", "03"], counts: { made: [0, 1, 0] } });
  expect(await next("tables")).toMatchObject([
    { path: "m/02.csv", columns: ["site", "nse"], rows: [["02", "0.5"]] },
  ]);
  await stream.return(undefined);
});

test("while nothing changes a page gets its grid once", async () => {
  const { url } = await served();
  const stream = events(`${url}events?rule=train&x=site&y=`);
  const seen: string[] = [];
  while (seen.filter((name) => name === "board").length < 3) seen.push((await stream.next()).value!.name);
  expect(seen).toEqual(["board", "grid", "board", "board"]);
  await stream.return(undefined);
});

test("a log can be read if the journal names it as that of a failure, and nothing else", async () => {
  const { folder, url } = await served();
  mkdirSync(join(folder, "logs"));
  writeFileSync(join(folder, "logs/03.log"), "epoch 7\n");
  const failure = { path: "m/03.csv", rule: "train", at: 2_000, error: "loss is NaN", log: "logs/03.log" };
  appendFileSync(join(folder, ".braid/journal"), record({ t: "fail", failure }));
  const stream = events(`${url}events`);
  expect((await stream.next()).value).toMatchObject({
    name: "board",
    data: {
      failed: 1,
      failures: [{ id: 0, count: 1, rule: "train", path: "m/03.csv", error: "loss is NaN" }],
    },
  });
  expect(await (await fetch(`${url}log?id=0`)).text()).toBe("loss is NaN\n\nepoch 7\n");
  for (const id of ["1", "-1", "x", ""]) expect((await fetch(`${url}log?id=${id}`)).status).toBe(404);
  await stream.return(undefined);
});

test("failures that differ in numbers are one, with the log of the latest", async () => {
  const { folder, url } = await served();
  const failure = (site: string, at: number, error: string) =>
    record({
      t: "fail",
      failure: { path: `m/${site}.csv`, rule: "train", at, error, log: `logs/${site}.log` },
    });
  appendFileSync(
    join(folder, ".braid/journal"),
    failure("01", 2_000, "no memory") + failure("02", 2_000, "NaN at 7") + failure("03", 3_000, "NaN at 45"),
  );
  const stream = events(`${url}events`);
  expect((await stream.next()).value).toMatchObject({
    data: {
      failed: 3,
      failures: [
        { id: 2, count: 2, path: "m/03.csv", error: "NaN at 45" },
        { id: 0, count: 1, path: "m/01.csv" },
      ],
    },
  });
  await stream.return(undefined);
});

test("an error stands above its log without the engine's own stack frames", async () => {
  const { folder, url } = await served();
  const own = import.meta.resolve("braid-engine/inspect").replace(/inspect\.ts$/, "calls/runner.ts");
  const error = `Error: loss is NaN\n    at run (file:///w/workflow.ts:3:1)\n    at runJobs (${own}:71:11)`;
  const failure = { path: "m/03.csv", rule: "train", at: 2_000, error, log: "03.log" };
  writeFileSync(join(folder, "03.log"), "epoch 7\n");
  appendFileSync(join(folder, ".braid/journal"), record({ t: "fail", failure }));
  const stream = events(`${url}events`);
  await stream.next();
  await stream.return(undefined);
  expect(await (await fetch(`${url}log?id=0`)).text()).toBe(
    "Error: loss is NaN\n    at run (file:///w/workflow.ts:3:1)\n\nepoch 7\n",
  );
});

test("several folders are on one page, by number: each has its own board, grid and logs", async () => {
  const { folder } = await served();
  await view!.close();
  const other = mkdtempSync(join(tmpdir(), "braid-ui-"));
  mkdirSync(join(other, ".braid"));
  const failure = { path: "m/03.csv", rule: "train", at: 2_000, error: "loss is NaN", log: "03.log" };
  writeFileSync(join(other, "03.log"), "epoch 7\n");
  writeFileSync(
    join(other, ".braid/journal"),
    record({ t: "run", run: { ...run, command: "braid other" } }) + record({ t: "fail", failure }),
  );
  view = await serveLiveView(folder, [other]);
  const url = urlOf(view.address);
  const first = async (query: string) => {
    const stream = events(`${url}events?${query}`);
    const { value } = await stream.next();
    await stream.return(undefined);
    return value!.data;
  };
  const folders = [
    { folder, state: "killed", total: 3, done: 0, failed: 0 },
    { folder: other, state: "killed", total: 3, done: 0, failed: 1 },
  ];
  expect(await first("folder=0")).toMatchObject({ folder, command: "braid -k", failed: 0, folders });
  expect(await first("folder=1&rule=train&x=site")).toMatchObject({
    ...{ folder: other, command: "braid other", failed: 1, folders },
    grids: [{ rule: "train" }],
  });
  expect(await (await fetch(`${url}log?folder=1&id=0`)).text()).toBe("loss is NaN\n\nepoch 7\n");
  for (const query of ["folder=0&id=0", "folder=2&id=0", "folder=-1&id=0", "folder=../1&id=0"])
    expect((await fetch(`${url}log?${query}`)).status).toBe(404);
  expect((await fetch(`${url}events?folder=2`)).status).toBe(404);
});

test("one folder says nothing of a list of folders", async () => {
  const { url } = await served();
  const stream = events(`${url}events`);
  expect((await stream.next()).value).toMatchObject({ data: { folders: [] } });
  await stream.return(undefined);
});
