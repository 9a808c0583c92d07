/** Converts the output of `scontrol show job --oneliner` to squeue's format: one line per task of an array. */

export function asSqueue(scontrol: string): string {
  const lines = scontrol.split("\n").flatMap((line) => {
    const value = (key: string) => new RegExp(`(?:^| )${key}=(.*?)(?= [^ =]+=|$)`).exec(line)?.[1] ?? "";
    const fields = ["JobName", "JobState", "Reason", "SubmitTime"].map(value);
    return indices(value("ArrayTaskId")).map((index) =>
      [value("ArrayJobId"), index, ...fields, ""].join("|"),
    );
  });
  return lines.join("\n");
}

/** What waits stands in one line: `0-3,7`, with a throttle `0-9%2`. */
function indices(text: string): number[] {
  return text
    .replace(/%\d+$/, "")
    .split(",")
    .flatMap((part) => {
      const [first, last = first, step = "1"] = part.split(/[-:]/);
      const found: number[] = [];
      if (!/^\d+$/.test(first ?? "")) return found;
      for (let index = Number(first); index <= Number(last); index += Number(step)) found.push(index);
      return found;
    });
}
