/**
 * The live view's server: listens on loopback only, below a path with a random token. It reads the journal only while a
 * page is open, and sends changes to every page by server-sent events.
 *
 * Any web page in the browser can send requests here, so no request may crash the server.
 */
import { randomBytes } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { errorLines, stackOf } from "braid-engine/inspect";
import { type Address, noteAddress, readAddress, urlOf } from "./address.ts";
import { type Followed, followFolder } from "./followed.ts";
import type { BoardMessage } from "./message.ts";
import { pageFile } from "./page-files.ts";
import type { RecentTable } from "./recent-tables.ts";

export interface LiveView {
  readonly address: Address;
  readonly url: string;
  /** Seconds since somebody last looked; 0 while somebody does. */
  idle(): number;
  close(): Promise<void>;
}

interface Viewer {
  readonly response: ServerResponse;
  readonly followed: Followed;
  /** The grid that it looks at. */
  readonly rule: string;
  readonly x: string;
  readonly y: string;
  /** The board that it was told last, and the state of its run: a run that ends or is killed settles its jobs. */
  version: number;
  state: BoardMessage["state"] | null;
}

/** ms between reads of the journal, and the most between two messages to a page. */
const beat = 1_000;
/** Bytes of the end of a log. */
const mostLog = 65_536;
const mostErrorLines = 50;

/**
 * Serves the working folder `folder`, at its last address if that is free, and `others` on the same page. Only
 * these folders are served: a request names one of them by its number.
 */
export async function serveLiveView(folder: string, others: readonly string[] = []): Promise<LiveView> {
  const all = [folder, ...others].map(followFolder);
  const viewers = new Set<Viewer>();
  let lastLook = performance.now();

  const old = readAddress(folder);
  const token = old?.token ?? randomBytes(18).toString("base64url");
  const server = createServer((request, response) => {
    try {
      answer(request, response);
    } catch (error) {
      report(error);
      if (response.headersSent) response.destroy();
      else response.writeHead(500, headers).end();
    }
  });
  const port = await listen(server, old?.port ?? 0);
  const address: Address = { pid: process.pid, port, token };
  noteAddress(folder, address);
  // Too many connections: the existing ones go on.
  server.on("error", report);

  const timer = setInterval(() => {
    try {
      if (viewers.size > 0) sendNews();
    } catch (error) {
      // The next beat tries again.
      report(error);
    }
  }, beat);
  return {
    address,
    url: urlOf(address),
    idle: () => (viewers.size > 0 ? 0 : (performance.now() - lastLook) / 1_000),
    async close() {
      clearInterval(timer);
      for (const { response } of viewers) response.end();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  function answer(request: IncomingMessage, response: ServerResponse): void {
    // No URL is made of it: not everything that a request may ask for is one.
    const [, path, query] = /^([^?]*)(.*)$/s.exec(request.url ?? "")!;
    const [root, given, name = "", ...more] = path!.split("/");
    // Another site may point its own host name to this port; the Host header shows it.
    const host = request.headers.host;
    const here = host === `127.0.0.1:${port}` || host === `localhost:${port}`;
    const known = root === "" && given === token && more.length === 0;
    if (!here || request.method !== "GET" || !known) refuse(response);
    else if (name === "alive") send(response, "text/plain", "yes");
    else if (name === "events") look(new URLSearchParams(query), response);
    else if (name === "log") sendLog(new URLSearchParams(query), response);
    else {
      const file = pageFile(name);
      if (file === null) refuse(response);
      else send(response, file.type, file.text);
    }
  }

  /** The folder of a request, the first if it names none; undefined if there is no folder with its number. */
  function folderOf(query: URLSearchParams): Followed | undefined {
    return all[Number(query.get("folder") || "0")];
  }

  function look(query: URLSearchParams, response: ServerResponse): void {
    const followed = folderOf(query);
    if (followed === undefined) {
      refuse(response);
      return;
    }
    response.writeHead(200, { ...headers, "content-type": "text/event-stream" });
    const param = (name: string) => query.get(name) ?? "";
    const viewer: Viewer = {
      response,
      followed,
      rule: param("rule"),
      x: param("x"),
      y: param("y"),
      version: -1,
      state: null,
    };
    // Who comes later sees what was made before.
    if (followed.latest.length > 0) event(response, "tables", followed.latest);
    viewers.add(viewer);
    response.on("close", () => {
      viewers.delete(viewer);
      lastLook = performance.now();
    });
    sendNews();
  }

  function sendNews(): void {
    const fresh = new Map(all.map((followed) => [followed, readFolder(followed)]));
    const folders = all.length === 1 ? [] : all.map((followed) => followed.line());
    const messages = new Map<Followed, BoardMessage>();
    for (const viewer of viewers) {
      const { followed, response, rule, x, y } = viewer;
      // A message has the CPU time since the one before it, so all viewers of a folder get the same message.
      const message = messages.get(followed) ?? { ...followed.message(), folders };
      messages.set(followed, message);
      event(response, "board", message);
      if (viewer.version !== followed.version || viewer.state !== message.state) {
        viewer.version = followed.version;
        viewer.state = message.state;
        const grid = followed.grid(rule, x, y);
        if (grid !== null) event(response, "grid", grid);
      }
      const tables = fresh.get(followed)!;
      if (tables.length > 0) event(response, "tables", tables);
    }
  }

  /** The log of a failure; only those that the journal names can be read. */
  function sendLog(query: URLSearchParams, response: ServerResponse): void {
    const followed = folderOf(query);
    const failure = followed?.failure(Number(query.get("id") || "none"));
    if (followed === undefined || failure === undefined) refuse(response);
    else {
      const log = endOf(join(followed.folder, failure.log));
      const error = errorLines(failure.error, mostErrorLines).join("\n");
      send(response, "text/plain; charset=utf-8", `${error}\n\n${log}`);
    }
  }
}

/** A folder that cannot be read does not stop the messages about the others. */
function readFolder(followed: Followed): readonly RecentTable[] {
  try {
    return followed.read();
  } catch (error) {
    report(error);
    return [];
  }
}

const headers = {
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src data:",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

function send(response: ServerResponse, type: string, text: string): void {
  response.writeHead(200, { ...headers, "content-type": type }).end(text);
}

/** For debugging: nobody reads it during a run. */
function report(error: unknown): void {
  process.stderr.write(`${stackOf(error)}\n`);
}

function refuse(response: ServerResponse): void {
  response.writeHead(404, headers).end();
}

function event(response: ServerResponse, name: string, data: unknown): void {
  // Skip this message if the page is too slow; it gets the next one.
  if (response.writableLength < 1 << 20) response.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
}

/** The requested port, or another one if it is not free. */
function listen(server: ReturnType<typeof createServer>, wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => {
      if (wanted === 0) return reject(error);
      listen(server, 0).then(resolve, reject);
    };
    server.once("error", failed);
    server.listen(wanted, "127.0.0.1", () => {
      server.off("error", failed);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** The end of a text file; a sentence where it is gone, or none that can be read. */
function endOf(path: string): string {
  let file: number | undefined;
  try {
    // A pipe would be waited for.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const found = fstatSync(file);
    if (!found.isFile()) return "The log is not a file.";
    const bytes = Buffer.alloc(Math.min(found.size, mostLog));
    const got = readSync(file, bytes, 0, bytes.length, found.size - bytes.length);
    return bytes.toString("utf8", 0, got);
  } catch (error) {
    const gone = (error as NodeJS.ErrnoException).code === "ENOENT";
    return gone ? "The log is gone." : `The log cannot be read: ${(error as Error).message}`;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
