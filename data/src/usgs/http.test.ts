import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cannot } from "braid-engine";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fetchToFile, type Manners, type Origin } from "./http.ts";
import { type Answer, body, cutOff, type LocalService, serve, silence, status } from "./local-service.ts";

let folder: string;
let service: LocalService | undefined;
beforeEach(async () => {
  told.length = 0;
  folder = await mkdtemp(join(tmpdir(), "braid-http-"));
});
afterEach(async () => {
  await service?.close();
  service = undefined;
  await rm(folder, { recursive: true });
});

const manners: Manners = { interval: 0, retries: 3, backoff: 0.001, timeout: 5 };
const told: string[] = [];
const asking = (how: Partial<Manners> = {}) => ({
  manners: { ...manners, ...how },
  whenGone: "Ask its successor.",
  log: () => {},
  warn: (text: string) => void told.push(text),
});
const complete = (text: string) => {
  if (!text.endsWith("}")) throw cannot("read", "the answer", "it is not complete");
};

/** Fetches from a service that gives these answers in turn, then "{}"; resolves with the answer. */
async function fetchAfter(answers: Answer[], how: Partial<Manners> = {}): Promise<string> {
  service = await serve((_, earlier) => answers[earlier] ?? body("{}"));
  return fetchFrom(`${service.url}/x`, how);
}

async function fetchFrom(url: string, how: Partial<Manners> = {}): Promise<string> {
  const output = { answer: join(folder, "answer"), origin: join(folder, "origin.json") };
  await fetchToFile(url, output, complete, asking(how));
  return readFile(output.answer, "utf8");
}

const page =
  "<!DOCTYPE html><html><head><style>p{}</style></head><body><p>Down for maintenance</p></body></html>";

describe("an answer", () => {
  it("is kept as it came, with its address, time and checksum", async () => {
    const text = '{"näme":"01022500"}';
    expect(await fetchAfter([body(text)])).toBe(text);
    const origin = JSON.parse(await readFile(join(folder, "origin.json"), "utf8")) as Origin;
    expect(origin.url).toBe(`${service!.url}/x`);
    expect(origin.bytes).toBe(20);
    expect(origin.sha256).toBe(createHash("sha256").update(text).digest("hex"));
    expect(Math.abs(Date.now() - Date.parse(origin.retrieved))).toBeLessThan(60_000);
  });
});

describe("a fault that may pass is met by asking again", () => {
  const faults: [string, Answer][] = [
    ["too many requests (429)", status(429, "slow down", { "retry-after": "0" })],
    ["a server error (500)", status(500, page)],
    ["an unavailable service (503)", status(503)],
    ["a truncated body", cutOff('{"a": "a long answer that is cut off in the middle"}')],
    ["a body that is cut but looks complete to HTTP", body('{"a": ')],
    ["a web page instead of data", body(page)],
  ];
  it.each(faults)("%s", async (_, fault) => {
    expect(await fetchAfter([fault, fault])).toBe("{}");
    expect(service!.asked).toHaveLength(3);
  });

  it("no answer in time", async () => {
    expect(await fetchAfter([silence], { timeout: 0.2 })).toBe("{}");
  });
});

describe("a fault that stays is an error that says what it was, and leaves no file", () => {
  const faults: [string, Answer, string][] = [
    [
      "429",
      status(429, "slow down", { "retry-after": "0" }),
      "the service answered 429 Too Many Requests: slow down",
    ],
    ["500", status(500, page), "the service answered 500 Internal Server Error: Down for maintenance"],
    [
      "a truncated body",
      cutOff('{"a": "a long answer that is cut off in the middle"}'),
      "the response was cut off",
    ],
    ["a cut body", body('{"a": '), "it is not complete"],
    ["a web page", body(page), "the service answered with a web page: Down for maintenance"],
  ];
  it.each(faults)("%s", async (_, fault, message) => {
    await expect(fetchAfter([fault, fault, fault, fault])).rejects.toThrow(message);
    expect(service!.asked).toHaveLength(4);
    expect(existsSync(join(folder, "answer"))).toBe(false);
  });

  it("no answer in time", async () => {
    await expect(fetchAfter([silence, silence], { timeout: 0.1, retries: 1 })).rejects.toThrow(
      "no complete response within 0.1 s",
    );
  });

  it("a host without a name", async () => {
    await expect(fetchFrom("http://no-such-host.invalid/x", { retries: 0 })).rejects.toThrow(
      "the host's name cannot be resolved",
    );
  });

  it("a host that refuses", async () => {
    const gone = await serve(() => silence);
    await gone.close();
    await expect(fetchFrom(`${gone.url}/x`, { retries: 0 })).rejects.toThrow("the host refuses connections");
  });

  it("and every attempt is told", async () => {
    await expect(fetchAfter([status(500), status(503), body(page), status(500)])).rejects.toThrow(
      /1: the service answered 500.*\n.*2: the service answered 503.*\n.*3: the service answered with a web page/,
    );
  });
});

it("whoever waits is told why, and for how long", async () => {
  await fetchAfter([status(503), status(429, "", { "retry-after": "0" })], { backoff: 0.1 });
  expect(told.map((text) => text.replace(/^127.0.0.1:\d+: /, ""))).toEqual([
    "the service answered 503 Service Unavailable; retrying in 0.1 s",
    "the service answered 429 Too Many Requests; retrying in 0 s",
  ]);
});

describe("a fault that will not pass is met at once", () => {
  it.each([
    [404, "No sites found", /404 Not Found: No sites found[\s\S]*Are the site id and the dates right\?/],
    [404, "", /without that site goes on with the others\. If so: Ask its successor\./],
    [410, "", /410 Gone\n +Ask its successor\./],
    [
      403,
      "",
      /403 Forbidden[\s\S]*Services block clients that send too many requests: .* --manners\.interval/,
    ],
  ])("a request answered with %i (%s)", async (code, text, message) => {
    await expect(fetchAfter([status(code, text)])).rejects.toThrow(message);
    expect(service!.asked).toHaveLength(1);
  });

  it("a service that leads to a web page elsewhere", async () => {
    const elsewhere = await serve(() => body(page));
    const moved = status(301, "", { location: `${elsewhere.url}/news` });
    await expect(fetchAfter([moved, moved])).rejects.toThrow(
      /the service, led to http:\S+\/news, answered with a web page: Down[\s\S]*Ask its successor\./,
    );
    expect(elsewhere.asked).toHaveLength(1);
    await elsewhere.close();
  });
});

it("a service that leads to another place where the answer is, is followed", async () => {
  const elsewhere = await serve(() => body("{}"));
  expect(await fetchAfter([status(301, "", { location: `${elsewhere.url}/x` })])).toBe("{}");
  await elsewhere.close();
});

it("requests to one host keep their distance", async () => {
  const times: number[] = [];
  service = await serve(() => {
    times.push(performance.now());
    return body("{}");
  });
  const url = service.url;
  const output = (n: number) => ({ answer: join(folder, `${n}`), origin: join(folder, `${n}.json`) });
  await Promise.all([0, 1, 2].map((n) => fetchToFile(url, output(n), complete, asking({ interval: 0.05 }))));
  // A lower bound cannot fail on a slow machine: the pauses are asked for, not hoped for.
  expect(times.at(-1)! - times[0]!).toBeGreaterThan(80);
});

describe("an answer of several pages", () => {
  const pages = {
    next: (text: string) => (JSON.parse(text) as { next?: string }).next ?? null,
    join: (texts: readonly string[]) => JSON.stringify(texts.map((text) => JSON.parse(text).page)),
  };
  const fetchPaged = async (answerOf: (path: string) => object) => {
    service = await serve((path) => body(JSON.stringify(answerOf(path))));
    const output = { answer: join(folder, "answer"), origin: join(folder, "origin.json") };
    return fetchToFile(`${service.url}/1`, output, complete, asking(), pages);
  };

  it("is followed to its end and told as so many", async () => {
    const text = await fetchPaged((path) => ({
      page: path,
      ...(path === "/3" ? {} : { next: `/${Number(path.slice(1)) + 1}` }),
    }));
    expect(text).toBe('["/1","/2","/3"]');
    const origin = JSON.parse(await readFile(join(folder, "origin.json"), "utf8")) as Origin;
    expect(origin).toMatchObject({ pages: 3, bytes: text.length });
    expect(origin.url).toMatch(/\/1$/);
  });

  it("that goes round in a circle, or to another host, is an error and leaves no file", async () => {
    await expect(fetchPaged(() => ({ page: 1, next: "/1" }))).rejects.toThrow("keeps naming page");
    await service!.close();
    await expect(fetchPaged(() => ({ page: 1, next: "http://elsewhere.invalid/2" }))).rejects.toThrow(
      "page 2 is at another host, elsewhere.invalid",
    );
    expect(existsSync(join(folder, "answer"))).toBe(false);
  });
});

it("whoever asks too much is told what allows more", async () => {
  service = await serve(() => status(429, "", { "retry-after": "0" }));
  const output = { answer: join(folder, "answer"), origin: join(folder, "origin.json") };
  const limited = { ...asking({ retries: 1 }), whenLimited: "Set KEY." };
  await expect(fetchToFile(`${service.url}/x`, output, complete, limited)).rejects.toThrow(
    /429 Too Many Requests[\s\S]*Set KEY\. Run the same command again later/,
  );
  expect(told[0]).toMatch(/429 Too Many Requests; retrying in 0 s\. Set KEY\.$/);
});

it("a pause that is given as a date is kept", async () => {
  const past = new Date(Date.now() - 5000).toUTCString();
  await fetchAfter([status(503, "", { "retry-after": past })], { backoff: 60 });
  expect(told[0]).toContain("retrying in 0 s");
});
