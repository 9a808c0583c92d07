/** The figures as a Markdown table, with ratios to Ninja's of the same row. */
import type { Figure } from "./rows.ts";

/** CPU seconds as a multiple of Ninja's in the same row; null where Ninja did not run or took too little to be measured. */
export function ratioToNinja(figure: Figure, figures: readonly Figure[]): number | null {
  const ninja = figures.find(
    ({ row, jobs, engine }) => engine === "ninja" && row === figure.row && jobs === figure.jobs,
  );
  return ninja === undefined || figure.engine === "ninja" || ninja.cpu < 0.1 ? null : figure.cpu / ninja.cpu;
}

export function table(figures: readonly Figure[]): string {
  const lines = figures.map((figure) => {
    const toNinja = ratioToNinja(figure, figures);
    const ratio = toNinja === null ? "" : `${toNinja.toFixed(2)} x`;
    const each = figure.row.includes("really run")
      ? `${((figure.cpu / figure.jobs) * 1e3).toFixed(3)} ms`
      : "";
    return `| ${figure.row} | ${figure.jobs.toLocaleString("en-US")} | ${figure.engine} | ${figure.cpu.toFixed(2)} | ${ratio} | ${each} | ${Math.round(figure.memory)} | ${figure.wall.toFixed(2)} |`;
  });
  return [
    "| what | jobs | engine | CPU s | to Ninja | CPU a job | peak MB | wall s |",
    "|---|---:|---|---:|---:|---:|---:|---:|",
    ...lines,
  ].join("\n");
}
