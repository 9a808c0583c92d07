/// <reference lib="dom" />
/** What tests of the report page share: CSV files as rows, and the tables of figures. */
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";

export type Row = Readonly<Record<string, string>>;

/** The rows of a file without quoted fields; lines that begin with # are notes. */
export function readCsv(file: string): Row[] {
  const [header = "", ...lines] = readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .filter((line) => !line.startsWith("#"));
  const columns = header.split(",");
  return lines.map((line) => Object.fromEntries(line.split(",").map((text, i) => [columns[i]!, text])));
}

/** The rows of a figure's table; the figure is brought into view, and drawn, before. */
export async function tableOf(page: Page, figure: string): Promise<string[][]> {
  const outer = page.locator(`figure#${figure}`);
  await outer.scrollIntoViewIfNeeded();
  await page.waitForSelector(`figure#${figure} .canvas svg`);
  const details = outer.locator("details");
  if ((await details.getAttribute("open")) === null) await details.locator("summary").click();
  await outer.locator("tbody tr").first().waitFor();
  return cellsOf(page, `figure#${figure} tbody tr`);
}

/** The texts of the cells of rows. */
export function cellsOf(page: Page, rows: string): Promise<string[][]> {
  return page
    .locator(rows)
    .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent ?? "")));
}

/** Saves a figure by one of its buttons; the name and the bytes of the file. */
export async function saved(page: Page, figure: string, format: "SVG" | "PNG" | "CSV") {
  const outer = page.locator(figure);
  await outer.scrollIntoViewIfNeeded();
  const button = outer.getByRole("button", { name: `as ${format}` });
  await button.waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), button.click()]);
  return { name: download.suggestedFilename(), path: await download.path() };
}
