/** The accessibility rules of axe-core, on a page. */
import axe from "axe-core";
import type { Page } from "playwright-core";

/** The rules that the page violates, each with the beginnings of its first elements. */
export async function violationsOn(page: Page): Promise<string[][]> {
  // The page forbids scripts from elsewhere: run the text of the checker instead of loading it.
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run();
    return violations.map(({ id, nodes }) => [
      id,
      ...nodes.slice(0, 3).map((node) => node.html.slice(0, 160)),
    ]);
  });
}
