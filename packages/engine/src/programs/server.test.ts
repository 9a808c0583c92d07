import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";
import { closeServers, type Kind, type Server, serve } from "./server.ts";

const folder = mkdtempSync(join(tmpdir(), "braid-server-"));
afterEach(closeServers);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Echo extends Server {
  readonly pid: number;
}

/** A bash that answers each line that it reads. */
function echo(more: Partial<Kind<Echo>> = {}): { kind: Kind<Echo>; started: Echo[] } {
  const started: Echo[] = [];
  const start = () => {
    const child = spawn("bash", ["-c", 'while read -r line; do eval "$line"; echo done; done'], {
      stdio: ["pipe", "pipe", "ignore"],
      detached: true,
    });
    const server: Echo = {
      child,
      pid: child.pid!,
      answers: child.stdout,
      read: (text) => (text.endsWith("done\n") ? { cpu: 7 } : undefined),
    };
    started.push(server);
    return server;
  };
  return { kind: { name: "echo", ended: (code) => `ended by exit code ${code}`, start, ...more }, started };
}

const options = { log: join(folder, "log") };
const ended = ({ child }: Echo) => new Promise<void>((resolve) => child.once("exit", () => resolve()));

test("a server does one thing after the other, those of one key for each other", async () => {
  const { kind, started } = echo();
  for (const line of ["true", "sleep 0", "true"])
    expect(await serve(kind, "a", () => `${line}\n`, options)).toMatchObject({ cpu: 7 });
  expect(started).toHaveLength(1);
});

test("a server with nothing to do gives way to one of another key: never more are kept than worked at once", async () => {
  const { kind, started } = echo();
  await serve(kind, "a", () => "true\n", options);
  const over = ended(started[0]!);
  await Promise.all([serve(kind, "b", () => "true\n", options), over]);
  await Promise.all(["b", "c"].map((key) => serve(kind, key, () => "true\n", options)));
  expect(started.map(({ child }) => child.exitCode)).toEqual([0, null, null]);
});

test("a server that has had nothing to do for long ends", async () => {
  const { kind, started } = echo({ kept: 20 });
  await serve(kind, "a", () => "true\n", options);
  await ended(started[0]!);
  await serve(kind, "a", () => "true\n", options);
  expect(started).toHaveLength(2);
});

test("a server that ends before it answers fails what it was to do, and is not asked again", async () => {
  const { kind, started } = echo();
  await expect(serve(kind, "a", () => "exit 4\n", options)).rejects.toThrow("ended by exit code 4");
  await serve(kind, "a", () => "true\n", options);
  expect(started).toHaveLength(2);
});
