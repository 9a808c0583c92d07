/** A published data set becomes a data folder, which is then checked: for `pnpm data import FOLDER` and `pnpm data camels FOLDER`. */
import { checkImport } from "./check-import.ts";
import { describeImport, importLayout } from "./layouts/index.ts";

/** Imports `folder` into `out` for the command `by`, and prints what came of it. Resolves with the exit code. */
export async function importPublished(
  folder: string,
  out: string,
  by: string,
  options: { readonly layout?: string | undefined; readonly forcing?: string | undefined },
): Promise<number> {
  const imported = await importLayout(folder, out, { by, ...options, progress: tellProgress() });
  console.log(`${describeImport(imported)}\n`);
  return checkImport(out, { ...imported, leftOut: imported.leftOut.map(({ site }) => site) });
}

/** Says every ten seconds how far a long import is. */
function tellProgress(): (done: number, all: number) => void {
  const started = performance.now();
  let next = 10;
  return (done, all) => {
    const seconds = Math.round((performance.now() - started) / 1000);
    if (seconds < next) return;
    next = seconds + 10;
    console.error(`[${seconds} s] ${Math.round((100 * done) / all)} % of the sites are read`);
  };
}
