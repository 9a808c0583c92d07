/**
 * Answers of public services, politely: one request at a time per host with a pause between, retried with growing
 * pauses, each kept as a file with its origin. An answer that its reader does not understand counts as a fault of
 * the service and is retried too.
 */
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { BraidError, cannot } from "braid-engine";

/** How to ask; times in seconds. */
export interface Manners {
  /** Least time between two requests to one host. */
  readonly interval: number;
  /** How often a failed request is retried. */
  readonly retries: number;
  /** Pause before the first retry; doubles with each, unless the service names one. */
  readonly backoff: number;
  /** How long one answer may take, its body included. */
  readonly timeout: number;
}

/** Where an answer came from; stands beside it. */
export interface Origin {
  readonly url: string;
  readonly retrieved: string;
  readonly bytes: number;
  readonly sha256: string;
  /** The number of pages in the answer; absent for a single page, which is kept unchanged. */
  readonly pages?: number;
}

/** How to follow and join an answer of several pages. */
export interface Pages {
  /** The address of the page after this one; null after the last. */
  next(body: string): string | null;
  join(bodies: readonly string[]): string;
}

/** An answer with more pages is an endless loop. */
const mostPages = 10_000;

/** Longest pause that a service may ask for with Retry-After. */
const longestPause = 300;

/** How one request is made, and to whom its faults are told. */
export interface Asking {
  readonly manners: Manners;
  /** What to tell a user whose request is refused or leads elsewhere. */
  readonly whenGone: string;
  /** The hint for a user who sent too many requests (429). */
  readonly whenLimited?: string | undefined;
  /** Sent along, to no other host. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  log(text: string): void;
  /** Told at every pause: who waits wants to know why. */
  warn(text: string): void;
}

/**
 * Fetches `url`, writes the answer and its origin, and resolves with the answer. `check` throws where the body is none.
 * @throws after the last attempt, with what each one met; at once for what another attempt would meet too.
 */
export async function fetchToFile(
  url: string,
  output: { readonly answer: string; readonly origin: string },
  check: (body: string) => unknown,
  asking: Asking,
  pages?: Pages,
): Promise<string> {
  const bodies = await fetchPages(url, check, asking, pages);
  const body = bodies.length === 1 ? bodies[0]! : pages!.join(bodies);
  const origin: Origin = {
    url,
    retrieved: new Date().toISOString(),
    bytes: Buffer.byteLength(body),
    sha256: createHash("sha256").update(body).digest("hex"),
    ...(bodies.length === 1 ? {} : { pages: bodies.length }),
  };
  await writeFile(output.answer, body);
  await writeFile(output.origin, `${JSON.stringify(origin, null, 2)}\n`);
  return body;
}

/** The page at `url` and those after it, as long as each names a next one. */
async function fetchPages(
  url: string,
  check: (body: string) => unknown,
  asking: Asking,
  pages: Pages | undefined,
): Promise<string[]> {
  const bodies = [await fetchText(url, check, asking)];
  const seen = new Set([url]);
  for (;;) {
    const link = pages?.next(bodies.at(-1)!) ?? null;
    if (link === null) return bodies;
    const next = new URL(link, url);
    // Never send the user's key to another host.
    if (next.host !== new URL(url).host)
      throw cannot("fetch", url, `page ${bodies.length + 1} is at another host, ${next.host}`);
    if (seen.has(next.href) || bodies.length >= mostPages)
      throw cannot("fetch", url, `the service keeps naming page ${bodies.length + 1} as the next page`);
    seen.add(next.href);
    bodies.push(await fetchText(next.href, check, asking));
  }
}

async function fetchText(url: string, check: (body: string) => unknown, asking: Asking): Promise<string> {
  const { manners, whenGone, whenLimited } = asking;
  const { host } = new URL(url);
  const met: string[] = [];
  for (let attempt = 0; ; attempt++) {
    await turn(host, manners.interval);
    const fault = await ask(url, check, asking);
    if (typeof fault === "string") return fault;
    met.push(fault.what);
    const limit = fault.again && fault.limited === true ? whenLimited : undefined;
    asking.log(`attempt ${attempt + 1}: ${fault.what}`);
    if (!fault.again || attempt >= manners.retries)
      throw cannot("fetch", url, fault.what, {
        facts: met.length > 1 ? [["attempts", met.map((what, i) => `${i + 1}: ${what}`).join("\n")]] : [],
        hint: fault.again
          ? `${limit === undefined ? "" : `${limit} `}Run the same command again later: what was fetched is kept.`
          : fault.hint(whenGone),
      });
    const seconds = fault.after ?? manners.backoff * 2 ** attempt;
    const more = limit === undefined ? "" : `. ${limit}`;
    asking.warn(`${host}: ${fault.what}; retrying in ${Math.round(10 * seconds) / 10} s${more}`);
    await pause(1000 * seconds);
  }
}

/** What went wrong, and whether another attempt may go better. */
type Fault = { readonly what: string } & (
  | {
      readonly again: true;
      /** Seconds that the service asks us to wait. */
      readonly after?: number;
      /** Too many requests. */
      readonly limited?: boolean;
    }
  | { readonly again: false; readonly hint: (whenGone: string) => string }
);

/** One request: the body, or what went wrong. */
async function ask(
  url: string,
  check: (body: string) => unknown,
  { manners: { timeout }, headers = {} }: Asking,
): Promise<string | Fault> {
  try {
    const response = await fetch(url, {
      signal: AbortSignal.timeout(timeout * 1000),
      headers: { "user-agent": "braid-data-fetch/0.1", ...headers },
    });
    const body = await response.text();
    const led =
      new URL(response.url).host === new URL(url).host ? "" : `, led to ${response.url.slice(0, 80)},`;
    if (!response.ok) return refusal(response, `the service${led} answered`, body);
    if (/^\s*<(!doctype html|html)/i.test(body)) {
      const what = `the service${led} answered with a web page${firstWords(body)}`;
      return led === "" ? { what, again: true } : { what, again: false, hint: (whenGone) => whenGone };
    }
    check(body);
    return body;
  } catch (error) {
    if (error instanceof BraidError) return { what: error.message.split("\n")[0]!, again: true };
    return { what: networkFault(error, timeout), again: true };
  }
}

/** The fault of an answer whose status is not "OK". */
function refusal({ status, statusText, headers }: Response, who: string, body: string): Fault {
  const what = `${who} ${status} ${statusText}${firstWords(body)}`.trim();
  if (status >= 500 || status === 429 || status === 408) {
    const after = secondsOf(headers.get("retry-after"));
    return {
      ...{ what, again: true, limited: status === 429 },
      ...(after >= 0 ? { after: Math.min(after, longestPause) } : {}),
    };
  }
  if (status === 403)
    return {
      what,
      again: false,
      hint: () =>
        "Services block clients that send too many requests: wait some hours, and set a larger --manners.interval.",
    };
  return {
    what,
    again: false,
    hint: (whenGone) =>
      status === 410
        ? whenGone
        : `Are the site id and the dates right? If not, the same command without that site goes on with the others. If so: ${whenGone}`,
  };
}

/** The seconds of a Retry-After header, which is a number or a date; NaN without one. */
function secondsOf(header: string | null): number {
  if (header === null) return Number.NaN;
  return /^\d+$/.test(header.trim()) ? Number(header) : Math.max(0, (Date.parse(header) - Date.now()) / 1000);
}

/** The beginning of what a page says, tags left out. */
function firstWords(body: string): string {
  const text = body
    .replace(/<(style|script)[\s\S]*?<\/\1>|<[^>]*>/gi, " ")
    .replace(/\s+/g, " ")
    .trim();
  return text === "" ? "" : `: ${text.slice(0, 120)}`;
}

function networkFault(error: unknown, timeout: number): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `no complete response within ${timeout} s`;
  const cause = error.cause as { code?: string; message?: string } | undefined;
  if (cause?.code === "ENOTFOUND" || cause?.code === "EAI_AGAIN") return "the host's name cannot be resolved";
  if (cause?.code === "ECONNREFUSED") return "the host refuses connections";
  // What fetch says of a connection that closed before the promised length
  if (error.message === "terminated")
    return `the response was cut off (${cause?.message ?? "connection closed"})`;
  return cause?.message ?? error.message;
}

const nextTurn = new Map<string, number>();

/** Resolves when a request to `host` may start. */
async function turn(host: string, interval: number): Promise<void> {
  const now = Date.now();
  const mine = Math.max(now, nextTurn.get(host) ?? 0);
  nextTurn.set(host, mine + 1000 * interval);
  if (mine > now) await pause(mine - now);
}
