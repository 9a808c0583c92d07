/** Runs one Python notebook for one job, by `jupyter nbconvert`. */
import { dirname } from "node:path";
import type { Script } from "../rules/code.ts";
import { shellWord } from "../rules/shell-template.ts";
import type { Cost } from "./cost.ts";
import { plain, readPython, type ScriptJob } from "./script.ts";
import { runProgramText, type ShellOptions } from "./shell.ts";

interface Notebook {
  readonly nbformat?: number;
  readonly nbformat_minor?: number;
  readonly cells: readonly object[];
}

/**
 * Resolves with what it cost when all cells have run; else rejects with the error of a cell. The notebook with its results
 * goes to the output that is named `notebook`, if there is one, as HTML if its path says so.
 */
export function runNotebook(script: Script, job: ScriptJob, options: ShellOptions): Promise<Cost> {
  const notebook = JSON.parse(script.bytes.toString()) as Notebook;
  const first = jobCell(script, job, options);
  // Cells have had ids since format 4.5, and must not have them before.
  const hasIds = (notebook.nbformat ?? 4) > 4 || (notebook.nbformat_minor ?? 0) >= 5;
  const cells = [hasIds ? { id: "braid-job", ...first } : first, ...notebook.cells];
  const source = JSON.stringify({ ...notebook, cells });
  const { notebook: made } = job.output as { readonly notebook?: unknown };
  const path = typeof made === "string" ? made : "/dev/null";
  const form = /\.html?$/i.test(path) ? "html" : "notebook";
  // Without the variable, the kernel warns about its debugger.
  const command = `env PYDEVD_DISABLE_FILE_VALIDATION=1 jupyter nbconvert --log-level=ERROR --execute --ExecutePreprocessor.timeout=-1 --to ${form}`;
  return runProgramText(`${command} --stdin --stdout >${shellWord(path)}`, source, options);
}

/** The first cell, which gives the others their job. */
function jobCell(script: Script, job: ScriptJob, { threads, log }: ShellOptions): object {
  const folder = dirname(script.path);
  const told = JSON.stringify({ ...job, threads, log, folder }, plain);
  // A text in JSON is also one in Python.
  const [definitions, values, place] = [readPython("job"), told, folder].map((text) => JSON.stringify(text));
  const source = `# Added by Braid: the job of this run.
def _job():
    import json, sys
    scope = {}
    exec(${definitions}, scope)
    sys.path.insert(0, ${place})
    # The first cell of the notebook has the number 1, as when it is run by hand.
    get_ipython().execution_count = 0
    # A log shows no colours.
    get_ipython().run_line_magic("colors", "NoColor")
    return scope["Job"](json.loads(${values}, object_hook=scope["special"]))
braid = snakemake = _job()
del _job`;
  return {
    ...{ cell_type: "code", execution_count: null, outputs: [] },
    ...{ metadata: { tags: ["braid-job"] }, source },
  };
}
