/** What must hold before anything runs: no job would make a protected output again, and there is room for what they write. */
import { cannot } from "./errors.ts";
import type { Prepared } from "./judge/prepare.ts";
import { count, fileSize } from "./report/words.ts";

/** Throws where an output that a job is to make again is read-only. */
export function checkProtected({ plan, reasons, files }: Prepared): void {
  const locked = plan.jobs.flatMap((job) => {
    if (reasons[job.order] === null) return [];
    return job.outputs.filter(
      (output, i) => job.rule.outputs[i]!.marks.protect && files.isProtected(output.path),
    );
  });
  if (locked.length === 0) return;
  throw cannot("make", locked[0]!.path, "it is protected, and would have to be made again", {
    facts: locked.slice(1, 6).map((file) => ["protected too", file.path] as const),
    hint: `To have it made again, allow writing first: chmod -R u+w ${locked[0]!.path}`,
  });
}

/** Throws where the disk has less room than the jobs will take, as far as earlier runs tell. */
export function checkRoom(prepared: Prepared): void {
  const room = prepared.files.room();
  if (room === null) return;
  const { bytes, files } = expectedSize(prepared);
  if (bytes <= room.bytes && files <= room.files) return;
  const short = bytes > room.bytes ? "bytes" : "files";
  throw cannot("start", "", `the disk has too little room for the ${short} that the jobs will write`, {
    facts: [
      // Of rules that have never run, nobody knows the size.
      ["needed", `${bytes === 0 ? "" : `about ${fileSize(bytes)} in `}${count(files, "file")}`],
      ["free", `${fileSize(room.bytes)}, and ${count(room.files, "file")}`],
    ],
    hint: "Free some, choose another folder (--directory), or ask for less.",
  });
}

/** Sizes per rule are those of its latest jobs; a rule that has never run counts for its files alone. */
function expectedSize({ plan, reasons, history }: Prepared): { bytes: number; files: number } {
  const seen = new Map<string, { jobs: number; bytes: number }>();
  for (const { rule, outputs } of history.traces.values()) {
    const sum = seen.get(rule) ?? { jobs: 0, bytes: 0 };
    const bytes = outputs.reduce((total, print) => total + print.size, 0);
    seen.set(rule, { jobs: sum.jobs + 1, bytes: sum.bytes + bytes });
  }
  let bytes = 0;
  let files = 0;
  for (const { order, rule, outputs } of plan.jobs) {
    if (reasons[order] === null) continue;
    const known = seen.get(rule.name);
    files += outputs.length;
    if (known !== undefined) bytes += known.bytes / known.jobs;
  }
  return { bytes: Math.round(bytes), files };
}
