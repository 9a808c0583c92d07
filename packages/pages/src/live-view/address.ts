/**
 * The address of the live view of a working folder. `.braid/ui`, which only its owner can read, stores it, so that the next
 * server takes the same address and an open page reconnects.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Address {
  readonly pid: number;
  readonly port: number;
  /** Part of every path, as a password. */
  readonly token: string;
}

const file = (folder: string) => join(folder, ".braid", "ui");

/** The last address; null if there is none. */
export function readAddress(folder: string): Address | null {
  try {
    const { pid, port, token } = JSON.parse(readFileSync(file(folder), "utf8"));
    const whole = Number.isInteger(pid) && Number.isInteger(port) && port > 0 && port < 65_536;
    return whole && typeof token === "string" && /^[\w-]{20,}$/.test(token) ? { pid, port, token } : null;
  } catch {
    return null;
  }
}

export function noteAddress(folder: string, address: Address): void {
  mkdirSync(join(folder, ".braid"), { recursive: true });
  const draft = `${file(folder)}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(address), { mode: 0o600 });
  renameSync(draft, file(folder));
}

export function urlOf({ port, token }: Address): string {
  return `http://127.0.0.1:${port}/${token}/`;
}

/** The running live view of the folder; null if none answers. */
export async function findLiveView(
  folder: string,
): Promise<{ readonly url: string; readonly pid: number } | null> {
  const address = readAddress(folder);
  return address !== null && (await answers(address)) ? { url: urlOf(address), pid: address.pid } : null;
}

/** True if the server of the address answers. */
export async function answers(address: Address): Promise<boolean> {
  try {
    const response = await fetch(`${urlOf(address)}alive`, { signal: AbortSignal.timeout(1_000) });
    return response.ok;
  } catch {
    return false;
  }
}
