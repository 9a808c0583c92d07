/**
 * Whatever is sent to a live view, it goes on: any page that a browser shows can send requests to it.
 *
 * The view runs in a process of its own, as beside a run: what is thrown past a handler ends it.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Address, answers, readAddress } from "./address.ts";
import { startLiveView } from "./start.ts";

const folder = mkdtempSync(join(tmpdir(), "braid-ui-"));
let address: Address;

beforeAll(async () => {
  mkdirSync(join(folder, ".braid"));
  mkdirSync(join(folder, "logs"));
  execFileSync("mkfifo", [join(folder, "pipe")]);
  const shape = { train: { pattern: "m/{site}.csv", jobs: 1, values: { site: ["01"] } } };
  const run = { id: "1", at: 1, host: "here", pid: 1, command: "braid", executor: "workers", shape };
  const failed = (path: string, log: string) => ({
    t: "fail",
    failure: { path, rule: "train", at: 2, error: "no", log },
  });
  const records = [
    { t: "run", run },
    failed("a", "logs"),
    failed("b", "gone.log"),
    failed("c", "a\0b"),
    failed("d", "pipe"),
  ];
  const lines = records.map((record) => `${JSON.stringify(record)}\n`);
  writeFileSync(join(folder, ".braid/journal"), lines.join(""));
  await startLiveView(folder);
  address = readAddress(folder)!;
});

afterAll(() => process.kill(address.pid));

/** What comes back for bytes on a connection of their own, which is closed after them. */
function send(bytes: string | Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect(address.port, "127.0.0.1", () => socket.end(bytes));
    socket.setTimeout(2_000, () => socket.destroy());
    socket.on("data", (part) => (text += part.toString("latin1")));
    // The server may close first.
    socket.on("error", () => {});
    socket.on("close", () => resolve(text));
  });
}

const get = (path: string) => send(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${address.port}\r\n\r\n`);
const status = (answer: string) => answer.slice(9, 12);

const odd = [
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "%00",
  "%ff",
  "%",
  "NaN",
  "-1",
  "1e999",
];

test("a path that is no URL is refused as any other", async () => {
  for (const path of ["//", "///", "http://[", "//x:99999999/", "//[/", "http://", "*", "//@:/?#", "x", "?"])
    expect([path, status(await get(path))]).toEqual([path, expect.stringMatching(/^40[04]$/)]);
  expect(await answers(address)).toBe(true);
});

test("names that every object has are none of a rule, a wildcard or a file", async () => {
  const { token } = address;
  for (const name of odd) {
    expect(status(await get(`/${token}/${name}`))).toBe("404");
    expect(status(await get(`/${name}/${token}`))).toBe("404");
    expect(status(await get(`/${token}/log?id=${name}`))).toBe("404");
    expect(status(await get(`/${token}/log?id=0&folder=${name}`))).toBe("404");
    expect(status(await get(`/${token}/events?folder=${name}`))).toBe("404");
    for (const query of [
      `rule=${name}&x=${name}&y=${name}`,
      `rule=train&x=${name}`,
      `rule=train&x=site&y=${name}`,
    ]) {
      const answer = await get(`/${token}/events?${query}`);
      expect([query, status(answer)]).toEqual([query, "200"]);
      expect(answer).toContain("event: board");
      expect(answer.includes("event: grid")).toBe(query.startsWith("rule=train&x=site"));
    }
  }
  expect(await answers(address)).toBe(true);
});

test("a log that is a folder, a pipe or gone is told", async () => {
  const { token } = address;
  await get(`/${token}/events`);
  const told = [
    "The log is not a file.",
    "The log is gone.",
    "The log cannot be read",
    "The log is not a file.",
  ];
  for (const [id, text] of told.entries()) expect(await get(`/${token}/log?id=${id}`)).toContain(text);
});

test("after requests of any kind the view still answers", async () => {
  const { port, token } = address;
  const part = fc.oneof(
    fc.constantFrom(
      token,
      "events",
      "log",
      "alive",
      "live.ts",
      "style.css",
      "..",
      "//",
      "?",
      "&",
      "=",
      "#",
      "[",
      ":",
    ),
    fc.constantFrom("rule=train", "x=site", "y=site", "id=0", "id=1", "folder=0", "folder=1", ...odd),
    fc.string({ unit: "binary", maxLength: 12 }),
  );
  const path = fc.oneof(
    fc.array(part, { maxLength: 6 }).map((parts) => `/${parts.join("/")}`),
    fc.array(part, { maxLength: 6 }).map((parts) => `/${token}/${parts.join("&")}`),
    fc.array(part, { maxLength: 6 }).map((parts) => `/${token}/events?${parts.join("&")}`),
    fc.array(part, { maxLength: 6 }).map((parts) => parts.join("")),
    fc.webUrl({ withQueryParameters: true, withFragments: true }),
  );
  const method = fc.constantFrom(
    "GET",
    "GET",
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "OPTIONS",
    "CONNECT",
    "TRACE",
    "PRI",
    "get",
  );
  const version = fc.constantFrom("HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/9", "");
  const header = fc.oneof(
    fc.constantFrom(
      `Host: 127.0.0.1:${port}`,
      `Host: localhost:${port}`,
      "Host: evil.example",
      "Host:",
      "Content-Length: 5",
      "Content-Length: -1",
      "Transfer-Encoding: chunked",
      "Connection: Upgrade\r\nUpgrade: websocket",
      "Expect: 100-continue",
      "Expect: nothing",
      `X: ${"x".repeat(20_000)}`,
    ),
    fc.string({ unit: "binary", maxLength: 30 }),
  );
  const body = fc.oneof(
    fc.constantFrom("", "hello", "5\r\nhello\r\n0\r\n\r\n", "zz\r\n"),
    fc.string({ unit: "binary" }),
  );
  const request = fc
    .tuple(method, path, version, fc.array(header, { maxLength: 4 }), body, fc.boolean())
    .map(([method, path, version, headers, body, known]) => {
      const all = known ? [`Host: 127.0.0.1:${port}`, ...headers] : headers;
      return Buffer.from(`${[`${method} ${path} ${version}`, ...all].join("\r\n")}\r\n\r\n${body}`);
    });
  const requests = fc.oneof(
    request,
    fc.tuple(request, request).map((both) => Buffer.concat(both)),
    request.chain((whole) => fc.nat(whole.length).map((length) => whole.subarray(0, length))),
    fc.uint8Array({ maxLength: 200 }),
  );
  await fc.assert(
    fc.asyncProperty(requests, async (bytes) => {
      await send(bytes);
      expect(await answers(address)).toBe(true);
    }),
    { numRuns: 500 },
  );
});
