/** Times and sizes as Slurm writes them. */

/** Seconds of a time limit: `30` and `30:00` (minutes), `2:00:00`, `1-12` (days-hours), `1-12:30:00`; null: no limit. */
export function readTime(text: string): number | null {
  if (/^(unlimited|infinite|-1)$/i.test(text)) return null;
  const [, days, clock] = /^(?:(\d+)-)?(\d+(?::\d+){0,2})$/.exec(text) ?? [];
  if (clock === undefined) throw new Error(`"${text}" is not a time that Slurm knows`);
  const parts = clock.split(":").map(Number);
  const [hours, minutes, seconds] =
    days !== undefined
      ? [parts[0]!, parts[1] ?? 0, parts[2] ?? 0]
      : parts.length === 3
        ? [parts[0]!, parts[1]!, parts[2]!]
        : [0, parts[0]!, parts[1] ?? 0];
  return Number(days ?? 0) * 86_400 + hours * 3_600 + minutes * 60 + seconds;
}

/** `1-02:03:04`. */
export function writeTime(seconds: number): string {
  const two = (n: number) => String(n).padStart(2, "0");
  const whole = Math.ceil(seconds);
  const clock = [whole % 86_400, whole % 3_600, whole % 60];
  return `${Math.floor(whole / 86_400)}-${two(Math.floor(clock[0]! / 3_600))}:${two(Math.floor(clock[1]! / 60))}:${two(clock[2]!)}`;
}

/** MiB of a memory size: `500` (MiB), `4G`, `1.5T`. */
export function readMemory(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)([KMGT]?)B?$/i.exec(text) ?? [];
  if (amount === undefined) throw new Error(`"${text}" is not a memory size that Slurm knows`);
  const scale = { K: 1 / 1024, "": 1, M: 1, G: 1024, T: 1024 ** 2 };
  return Number(amount) * scale[unit!.toUpperCase() as keyof typeof scale];
}
