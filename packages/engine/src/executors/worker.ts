/** The inside of a worker thread: loads the workflow once, then runs the calls that it is sent. */
import { parentPort, workerData } from "node:worker_threads";
import { watchBodies } from "../calls/bodies.ts";
import type { CallSpec } from "../calls/executor.ts";
import { logWriter } from "../calls/log-writer.ts";
import { runCall } from "../calls/runner.ts";
import { messageOf } from "../errors.ts";
import { ruleId } from "../plan/recipe.ts";
import { ruleset } from "../rules/ruleset.ts";
import { importWorkflow } from "../rules/workflow.ts";
import type { WorkerData, WorkerMessage } from "./workers.ts";

const { workflow, resolved, stop } = workerData as WorkerData;
const flag = new Int32Array(stop);
const post = (message: WorkerMessage) => parentPort!.postMessage(message);
const printed = logWriter();
let log = "";

// What bodies print belongs to their call's log, not between the lines of the run's progress.
for (const stream of [process.stdout, process.stderr])
  stream.write = ((text: string | Uint8Array, encoding?: unknown, written?: () => void) => {
    if (log !== "") printed.write(log, text);
    const after = typeof encoding === "function" ? (encoding as () => void) : written;
    after?.();
    return true;
  }) as typeof stream.write;

watchBodies({
  late: (text) => post({ kind: "stray", text }),
  other(error) {
    throw error;
  },
});

const loading = importWorkflow(workflow).then(
  (loaded) => new Map(ruleset(loaded.rules(resolved)).map((rule) => [rule.name, rule])),
);
loading.catch(() => {});

/** ms of CPU of this thread, on a Node that can tell. */
const threadCpu =
  typeof process.threadCpuUsage === "function"
    ? () => {
        const { user, system } = process.threadCpuUsage();
        return (user + system) / 1_000;
      }
    : undefined;

/** The rule of a call; throws where it is not what the engine has planned with. */
async function ruleOf(call: CallSpec) {
  const rule = (await loading).get(call.rule);
  if (rule === undefined) throw new Error(`there is no rule ${call.rule}`);
  if (call.recipe !== undefined && ruleId(rule) !== call.recipe)
    throw new Error(
      `the rule ${call.rule} differs there: its file was edited since the run began, or rules() is not pure ` +
        "(it reads the time, the environment or a random number)",
    );
  return rule.spec;
}

parentPort!.on("message", async (call: CallSpec) => {
  log = call.log;
  try {
    const rule = await ruleOf(call);
    post({ kind: "begun" });
    await runCall(
      rule,
      call,
      {
        done: (order, cost = {}) => post({ kind: "done", order, ...cost }),
        failed: (order, error) => post({ kind: "failed", order, error }),
        warned: (order, text) => post({ kind: "warned", order, text }),
      },
      { stopping: () => Atomics.load(flag, 0) === 1, ...(threadCpu === undefined ? {} : { cpu: threadCpu }) },
    );
    post({ kind: "over" });
  } catch (error) {
    post({ kind: "broken", error: messageOf(error) });
  }
});
