/** A headless Chromium, for pages: Debian's, driven without a download. */
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";

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

/** Pictures of a page as `<name>-wide-light.png` and so on, wide and on a phone, light and dark; `ready` opens it. */
export async function takePictures(
  browser: Browser,
  to: string,
  name: string,
  ready: (page: Page) => Promise<unknown>,
): Promise<void> {
  mkdirSync(to, { recursive: true });
  for (const [size, width, deviceScaleFactor] of [
    ["wide", 1280, 1],
    ["phone", 390, 2],
  ] as const)
    for (const colorScheme of ["light", "dark"] as const) {
      const page = await browser.newPage({
        viewport: { width, height: 900 },
        colorScheme,
        deviceScaleFactor,
      });
      await ready(page);
      await page.screenshot({ path: join(to, `${name}-${size}-${colorScheme}.png`), fullPage: true });
      await page.close();
    }
}
