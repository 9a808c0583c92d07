import { execFileSync, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { breakLock, lockFor, lockHolder, takeLock } from "./lock.ts";

let folder: string;
const lockPath = () => join(folder, ".braid", "lock");
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "braid-lock-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A lock as somebody else would have left it. */
function left(change: object): void {
  const release = takeLock(folder, "first");
  const holder = JSON.parse(readFileSync(lockPath(), "utf8"));
  release();
  mkdirSync(join(folder, ".braid"), { recursive: true });
  writeFileSync(lockPath(), JSON.stringify({ ...holder, ...change }));
}

test("a lock that nobody wants is not taken, and whoever holds it keeps it", () => {
  lockFor({ folder, withoutLock: true });
  expect(existsSync(lockPath())).toBe(false);
  const release = takeLock(folder, "first");
  lockFor({ folder, withoutLock: true })();
  expect(() => lockFor({ folder })).toThrow("another run works in this folder");
  release();
});

test("a second run is refused while the first lives, and told who holds the lock", () => {
  const release = takeLock(folder, "braid run --jobs 4");
  expect(() => takeLock(folder, "second")).toThrow(
    new RegExp(
      `^Cannot start: another run works in this folder\\n  process  ${process.pid} on .*\\n(.*\\n)*  command  braid run --jobs 4`,
    ),
  );
  release();
  takeLock(folder, "second")();
  expect(existsSync(lockPath())).toBe(false);
});

test("a lock whose process is gone breaks itself", () => {
  left({ pid: 2 ** 22 + 12_345 });
  takeLock(folder, "next")();
});

test("a lock whose process number has gone to another process breaks itself", () => {
  left({ started: "1" });
  takeLock(folder, "next")();
});

test("a lock from before this machine was started breaks itself", () => {
  left({ boot: "another" });
  takeLock(folder, "next")();
});

test("a lock of another host never breaks itself, and --unlock is named", () => {
  left({ host: `not-${hostname()}`, pid: 1 });
  expect(() => takeLock(folder, "next")).toThrow("repeat the command with --unlock");
  expect(breakLock(folder)).toBe(true);
  expect(breakLock(folder)).toBe(false);
  takeLock(folder, "next")();
});

test("a lock that nobody can read is not taken away", () => {
  left({});
  for (const text of ["not a lock", "", "null", "7", "[]", "{}", '{"pid":"1"}', '{"pid":-1}']) {
    writeFileSync(lockPath(), text);
    expect(() => takeLock(folder, "next")).toThrow(
      /the lock of this folder cannot be read, so its owner is unknown\n(.*\n)*.* with --unlock/,
    );
  }
  expect(breakLock(folder)).toBe(true);
  takeLock(folder, "next")();
});

test("the lock of a run that lives on this host is not removed, and its holder is named", () => {
  const release = takeLock(folder, "braid -j4");
  expect(() => breakLock(folder)).toThrow(
    new RegExp(
      `^Cannot remove the lock of ".*": its run is still active on this host\\n {2}process {2}${process.pid} on (.*\\n)*.*kill ${process.pid}$`,
    ),
  );
  expect(() => takeLock(folder, "second")).toThrow("another run works");
  release();
});

test("with dry, removing a lock only tells of it", () => {
  left({ pid: 2 ** 22 + 12_345 });
  expect(breakLock(folder, true)).toBe(true);
  expect(existsSync(lockPath())).toBe(true);
  expect(breakLock(folder)).toBe(true);
  expect(breakLock(folder, true)).toBe(false);
});

test.skipIf(process.platform !== "linux")(
  "a process that has ended but was not reaped counts as gone",
  async () => {
    // The shell becomes a program that never asks how its child ended.
    const parent = spawn("bash", ["-c", "sleep 0.1 & echo $!; exec sleep 60"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    try {
      const pid = Number(await new Promise<Buffer>((resolve) => parent.stdout.once("data", resolve)));
      const stat = () => readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
      while (stat()[0] !== "Z") await new Promise((resolve) => setTimeout(resolve, 10));
      left({ pid, started: stat()[19] });
      takeLock(folder, "next")();
    } finally {
      parent.kill();
    }
  },
);

test("giving back a lock leaves that of somebody who took it away", () => {
  const release = takeLock(folder, "first");
  rmSync(lockPath());
  const second = takeLock(folder, "second");
  release();
  expect(existsSync(lockPath())).toBe(true);
  second();
});

test.skipIf(process.platform !== "linux")(
  "a draft that a full disk or a killed run left is removed, and one that is being written is not",
  () => {
    mkdirSync(join(folder, ".braid"));
    const drafts = [`${lockPath()}.${process.pid}`, `${lockPath()}.7`, `${lockPath()}.8`];
    symlinkSync("/dev/full", drafts[0]!);
    expect(() => takeLock(folder, "run")).toThrow("ENOSPC");
    expect(existsSync(drafts[0]!)).toBe(false);
    for (const draft of drafts.slice(1)) writeFileSync(draft, "");
    const longAgo = Date.now() / 1_000 - 60;
    utimesSync(drafts[1]!, longAgo, longAgo);
    takeLock(folder, "next")();
    expect(drafts.map((draft) => existsSync(draft))).toEqual([false, false, true]);
  },
);

test("of many that find a stale lock at once, one at a time holds it", async () => {
  left({ pid: 2 ** 22 + 12_345 });
  const script = `
    import { takeLock } from ${JSON.stringify(new URL("./lock.ts", import.meta.url).href)};
    import { mkdirSync, rmdirSync } from "node:fs";
    for (let won = 0; won < 3; )
      try {
        const release = takeLock(${JSON.stringify(folder)}, "race");
        mkdirSync(${JSON.stringify(join(folder, "inside"))});
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
        rmdirSync(${JSON.stringify(join(folder, "inside"))});
        won++;
        if (won < 3) release();
      } catch (error) {
        if (!/another run works/.test(error.message)) { console.error(error); process.exit(9); }
      }`;
  // Each leaves the lock behind at its end, so that the next finds it stale.
  const codes = await Promise.all(
    Array.from(
      { length: 6 },
      () =>
        new Promise<number | null>((resolve) => {
          const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
            stdio: ["ignore", "ignore", "inherit"],
          });
          child.on("exit", resolve);
        }),
    ),
  );
  expect(codes).toEqual([0, 0, 0, 0, 0, 0]);
});

test("a folder that cannot be written to is named, with what to do", () => {
  writeFileSync(join(folder, ".braid"), "a file in the way");
  expect(() => takeLock(folder, "first")).toThrow(
    /^Cannot write to the working folder ".*": EEXIST: .*\n {2}A run keeps its records there, in \.braid\. Use another folder \(--directory\)/,
  );
});

test.each(["folder", "pipe"])("a %s in the place of the lock is an error, and is not waited for", (kind) => {
  mkdirSync(join(folder, ".braid"));
  if (kind === "folder") mkdirSync(lockPath());
  else execFileSync("mkfifo", [lockPath()]);
  const text = `Cannot read the lock "${lockPath()}": it is not a file`;
  expect(() => takeLock(folder, "run")).toThrow(text);
  expect(() => breakLock(folder)).toThrow(text);
  expect(() => lockHolder(folder)).toThrow(text);
});
