/** GNU parallel over ssh, by the profile as it stands: a daemon of the test's own on this machine is the other one. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { faults, leftovers, site, starts, until } from "../slurm/heads.ts";
import { hurried } from "./profiles.ts";

const daemon = "/usr/sbin/sshd";
const missing = !existsSync(daemon)
  ? "sshd is not installed (Debian: openssh-server)"
  : spawnSync("parallel", ["--version"]).status !== 0
    ? "GNU parallel is not installed (Debian: parallel)"
    : process.getuid?.() !== 0
      ? "only root can start sshd"
      : null;
if (missing !== null) console.warn(`The tests with ssh are skipped: ${missing}.`);

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

describe.skipIf(missing !== null)("lab machines over ssh", () => {
  let home: string;
  let sshd: ChildProcess;
  /** The command that reaches the other machine, as a line of hosts.txt. */
  let host: string;

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), "braid-ssh-"));
    const key = (name: string) => {
      spawnSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(home, name)]);
      return join(home, name);
    };
    const [own, theirs] = [key("user"), key("host")];
    const port = await freePort();
    writeFileSync(
      join(home, "sshd_config"),
      [
        `Port ${port}`,
        "ListenAddress 127.0.0.1",
        `HostKey ${theirs}`,
        `AuthorizedKeysFile ${own}.pub`,
        "StrictModes no",
        "UsePAM no",
        "PidFile none",
        "PasswordAuthentication no",
        "PermitRootLogin prohibit-password",
        "",
      ].join("\n"),
    );
    mkdirSync("/run/sshd", { recursive: true });
    sshd = spawn(daemon, ["-D", "-e", "-f", join(home, "sshd_config")], { stdio: "ignore" });
    // The words that a user keeps in ~/.ssh/config.
    const ssh = join(home, "ssh");
    writeFileSync(
      ssh,
      `#!/bin/sh\nexec ssh -p ${port} -i ${own} -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR "$@"\n`,
    );
    chmodSync(ssh, 0o755);
    host = `${ssh} ${userInfo().username}@127.0.0.1`;
    const answers = () => spawnSync(ssh, ["127.0.0.1", "true"]).status === 0;
    for (let i = 0; i < 100 && !answers(); i++) await sleep(100);
    expect(answers()).toBe(true);
  });
  afterAll(() => {
    sshd?.kill();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  });

  function pieces(name: string, made: number, pause: number) {
    const at = site(
      process.env,
      join(home, name),
      "pieces.ts",
      ["--made", String(made), "--pause", String(pause)],
      hurried("parallel-ssh", home),
    );
    writeFileSync(join(at.folder, "hosts.txt"), `4/${host}\n`);
    return at;
  }

  test("all jobs are done there, and nothing is left behind", async () => {
    const at = pieces("all", 6, 5);
    const head = at.start();
    expect(await head.ended, head.output()).toBe(0);
    expect(faults(at, 6, 10)).toEqual([]);
    expect(leftovers(at)).toEqual([]);
  });

  test("a new head adopts what a killed one left running there", async () => {
    const at = pieces("adopted", 3, 300);
    const first = at.start();
    await until(first, "all jobs have begun", () => starts(at).size === 3);
    first.process.kill("SIGKILL");
    await first.ended;
    const second = at.start();
    expect(await second.ended, second.output()).toBe(0);
    expect(faults(at, 3, 10)).toEqual([]);
    expect([...starts(at).values()]).toEqual([1, 1, 1]);
  });
});
