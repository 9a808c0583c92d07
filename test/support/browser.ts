/** A headless Chromium, for pages: Debian's, driven without a download. */
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const executablePath = "/usr/bin/chromium";

/** Why there is no browser to test with, or null. CI has one. */
export const noBrowser: string | null = existsSync(executablePath)
  ? null
  : `${executablePath} is not there (apt-get install chromium)`;

/** Whether to skip what needs a browser; under CI it is tried, and fails. */
export const withoutBrowser = noBrowser !== null && process.env.CI !== "true";

export function openBrowser(): Promise<Browser> {
  if (noBrowser !== null) throw new Error(noBrowser);
  return chromium.launch({
    executablePath,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
