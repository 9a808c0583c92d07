/**
 * Numbers as people read them, on the terminal and on pages. Imports nothing: the scripts of the live view import it in
 * the browser.
 */

/** `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const s = Math.round(seconds);
  if (s < 60) return `${s} s`;
  if (s < 3_600) return withRest(Math.floor(s / 60), "min", s % 60, "s");
  if (s < 86_400) return withRest(Math.floor(s / 3_600), "h", Math.floor((s % 3_600) / 60), "min");
  return withRest(Math.floor(s / 86_400), "d", Math.floor((s % 86_400) / 3_600), "h");
}

function withRest(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`;
}

/** `27,270`. */
export function withCommas(n: number): string {
  return n.toLocaleString("en-US");
}

/** `1 job`, `27,270 jobs`. */
export function count(n: number, noun: string): string {
  return `${withCommas(n)} ${noun}${n === 1 ? "" : "s"}`;
}

/** The middle value, or the mean of the two in the middle; NaN for no values. */
export function median(values: Iterable<number>): number {
  const sorted = Float64Array.from(values).sort();
  const middle = (sorted.length - 1) / 2;
  return sorted.length === 0 ? Number.NaN : (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
}

/** Bytes in units of a million: `0.4`, `1,250`. */
export function megabytes(bytes: number): string {
  const mb = bytes / 1e6;
  return mb < 9.95 ? mb.toFixed(1) : withCommas(Math.round(mb));
}

/** `812 B`, `12.3 kB`, `4.5 MB`, `120 GB`. */
export function fileSize(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  const power = Math.min(4, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1_000 ** power;
  return `${value < 99.5 ? value.toFixed(1) : withCommas(Math.round(value))} ${["", "kB", "MB", "GB", "TB"][power]}`;
}

/** Jobs a second as `12/s`, `0.4/s`, `2.1/min`, `3.0/h`. */
export function rate(jobsPerSecond: number): string {
  if (jobsPerSecond >= 9.95) return `${withCommas(Math.round(jobsPerSecond))}/s`;
  if (jobsPerSecond >= 0.1) return `${jobsPerSecond.toFixed(1)}/s`;
  if (jobsPerSecond * 60 >= 0.1) return `${(jobsPerSecond * 60).toFixed(1)}/min`;
  return `${(jobsPerSecond * 3_600).toFixed(1)}/h`;
}

/** A time in ms since 1970 as the clock on the wall shows it: `2026-01-31 14:05:09`. */
export function moment(ms: number): string {
  const date = new Date(ms);
  const two = (n: number) => String(n).padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
