/**
 * A real Slurm on this one machine, for tests: munged, slurmctld and some slurmd, all below one folder, as
 * root, without systemd, cgroups or accounting. Ends only what it started.
 *
 * By hand: `node test/slurm/private-slurm.ts start FOLDER [NODES]` prints the SLURM_CONF to export,
 * `node test/slurm/private-slurm.ts stop FOLDER` ends it.
 */
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join, resolve } from "node:path";

export interface SlurmOptions {
  readonly nodes?: number;
  readonly cpusPerNode?: number;
  /** MiB. */
  readonly memoryPerNode?: number;
  /** The first of `nodes + 1` ports. */
  readonly port?: number;
  readonly maxArraySize?: number;
}

export interface PrivateSlurm {
  /** The environment for processes that use it. */
  readonly env: NodeJS.ProcessEnv;
  /** kill -9 of a daemon, and its start. */
  killNode(node: number): void;
  startNode(node: number): void;
  killController(): void;
  startController(): void;
  /** Standard output of one of Slurm's programs; throws where it fails. */
  tell(program: string, ...args: string[]): string;
  stop(): void;
}

const programs = ["munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel", "scontrol", "sinfo"];

/** Why there can be no Slurm here; null where there can. */
export function slurmMissing(): string | null {
  const path = `${process.env.PATH}:/usr/sbin`;
  const absent = programs.filter((name) => !path.split(":").some((folder) => existsSync(join(folder, name))));
  if (absent.length > 0)
    return `${absent.join(", ")} not installed (Debian: slurm-client slurmctld slurmd munge)`;
  return process.getuid?.() === 0 ? null : "only root can start its daemons";
}

/** Starts Slurm below `folder` and waits until all nodes are up. */
export function startSlurm(folder: string, options: SlurmOptions = {}): PrivateSlurm {
  const { nodes = 4, cpusPerNode = 2, memoryPerNode = 4_000, port = 18_500, maxArraySize = 1_001 } = options;
  const home = resolve(folder);
  const at = (name: string) => join(home, name);
  for (const name of ["state", "log", "pid", "munge"]) mkdirSync(at(name), { recursive: true });
  if (!existsSync(at("munge/key"))) writeFileSync(at("munge/key"), randomBytes(128), { mode: 0o600 });
  const conf = at("slurm.conf");
  writeFileSync(conf, configuration({ home, nodes, cpusPerNode, memoryPerNode, port, maxArraySize }));
  const env = { ...process.env, SLURM_CONF: conf, PATH: `${process.env.PATH}:/usr/sbin` };

  function tell(program: string, ...args: string[]): string {
    // A daemon goes on with what it was given: a pipe would be waited for, a file is not.
    const output = openSync(at(`log/${program}.out`), "w");
    const { status } = spawnSync(program, args, { env, stdio: ["ignore", output, output], timeout: 60_000 });
    closeSync(output);
    const said = readFileSync(at(`log/${program}.out`), "utf8");
    if (status !== 0) throw new Error(`${program} ${args.join(" ")} failed (${status}): ${said}`);
    return said;
  }

  const pidFile = (daemon: string) => at(`pid/${daemon}.pid`);
  /** The pid of a daemon that runs for this folder. */
  function pidOf(daemon: string): number | null {
    try {
      const pid = Number(readFileSync(pidFile(daemon), "utf8"));
      return pid > 0 && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(home) ? pid : null;
    } catch {
      return null;
    }
  }
  function end(daemon: string, signal: NodeJS.Signals): void {
    const pid = pidOf(daemon);
    if (pid === null) return;
    process.kill(pid, signal);
    for (let tries = 0; tries < 100 && pidOf(daemon) !== null; tries++) wait(50);
    if (pidOf(daemon) !== null) process.kill(pid, "SIGKILL");
  }

  const startController = () => void tell("slurmctld", "-f", conf);
  const startNode = (node: number) => {
    mkdirSync(at(`spool-n${node}`), { recursive: true });
    tell("slurmd", "-N", `n${node}`, "-f", conf);
  };
  const slurm: PrivateSlurm = {
    env,
    tell,
    startController,
    startNode,
    killController: () => end("slurmctld", "SIGKILL"),
    killNode: (node) => end(`slurmd-n${node}`, "SIGKILL"),
    stop() {
      try {
        tell("scancel", "--quiet", `--user=${process.env.USER ?? "root"}`);
      } catch {
        // The controller may be dead: its jobs end with their nodes.
      }
      for (let node = 1; node <= nodes; node++) end(`slurmd-n${node}`, "SIGTERM");
      end("slurmctld", "SIGTERM");
      end("munged", "SIGTERM");
    },
  };

  try {
    if (pidOf("munged") === null)
      tell(
        "munged",
        "--force",
        `--key-file=${at("munge/key")}`,
        `--socket=${at("munge/socket")}`,
        `--pid-file=${pidFile("munged")}`,
        `--log-file=${at("log/munged.log")}`,
        `--seed-file=${at("munge/seed")}`,
      );
    if (pidOf("slurmctld") === null) startController();
    for (let node = 1; node <= nodes; node++) if (pidOf(`slurmd-n${node}`) === null) startNode(node);
    for (let tries = 0; nodesUp(tell) < nodes; tries++) {
      if (tries === 100) throw new Error(`only ${nodesUp(tell)} of ${nodes} nodes came up; see ${at("log")}`);
      wait(200);
    }
  } catch (error) {
    const died = pidOf("slurmctld") === null;
    slurm.stop();
    throw died
      ? new Error(`slurmctld has ended (is the port ${port} in use?); see ${at("log/slurmctld.log")}`, {
          cause: error,
        })
      : error;
  }
  return slurm;
}

function nodesUp(tell: PrivateSlurm["tell"]): number {
  const said = tell(
    "sinfo",
    "--noheader",
    "--partition=main",
    "--states=idle,mixed,allocated",
    "--format=%D",
  );
  return said.split("\n").reduce((sum, line) => sum + Number(line), 0);
}

function wait(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function configuration(options: Required<SlurmOptions> & { home: string }): string {
  const { home, nodes, cpusPerNode, memoryPerNode, port, maxArraySize } = options;
  const host = hostname();
  const names = nodes === 1 ? "n1" : `n[1-${nodes}]`;
  const ports = nodes === 1 ? `${port + 1}` : `[${port + 1}-${port + nodes}]`;
  return `
ClusterName=private
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${port}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=${home}/munge/socket
CryptoType=crypto/munge
StateSaveLocation=${home}/state
SlurmdSpoolDir=${home}/spool-%n
SlurmctldPidFile=${home}/pid/slurmctld.pid
SlurmdPidFile=${home}/pid/slurmd-%n.pid
SlurmctldLogFile=${home}/log/slurmctld.log
SlurmdLogFile=${home}/log/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
SwitchType=switch/none
SchedulerType=sched/backfill
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
DefMemPerCPU=200
SchedulerParameters=default_queue_depth=10000,sched_min_interval=100000,batch_sched_delay=0
SlurmdParameters=config_overrides
MaxArraySize=${maxArraySize}
MaxJobCount=10000
MinJobAge=300
ReturnToService=2
SlurmdTimeout=5
SlurmctldTimeout=5
KillWait=2
InactiveLimit=0
Waittime=0
MessageTimeout=10
BatchStartTimeout=10
UnkillableStepTimeout=10
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
NodeName=${names} NodeHostname=${host} Port=${ports} CPUs=${cpusPerNode} Boards=1 SocketsPerBoard=1 CoresPerSocket=${cpusPerNode} ThreadsPerCore=1 RealMemory=${memoryPerNode} State=UNKNOWN
PartitionName=main Nodes=${names} Default=YES MaxTime=1-00:00:00 State=UP
PartitionName=short Nodes=${names} MaxTime=00:01:00 State=UP
`;
}

if (import.meta.main) {
  const [what, folder, nodes] = process.argv.slice(2);
  if (folder === undefined || (what !== "start" && what !== "stop")) {
    console.error("Usage: node test/slurm/private-slurm.ts start FOLDER [NODES] | stop FOLDER");
    process.exit(2);
  }
  const missing = slurmMissing();
  if (missing !== null) {
    console.error(`Cannot start Slurm: ${missing}`);
    process.exit(1);
  }
  const slurm = startSlurm(folder, { nodes: Number(nodes ?? 4) });
  if (what === "stop") {
    slurm.stop();
    rmSync(folder, { recursive: true, force: true });
  } else console.log(`export SLURM_CONF=${slurm.env.SLURM_CONF}`);
}
