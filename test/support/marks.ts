/// <reference lib="dom" />
/** The marks of the axes of lanes, as a browser lays them out. */
import type { Page } from "playwright-core";

/** Pairs of neighbouring marks of an axis whose texts overlap. Fails where the page shows no marks. */
export async function marksThatOverlap(page: Page): Promise<string[]> {
  const { shown, pairs } = await page.$$eval(".ticks", (all) => {
    const lists = all.map((axis) =>
      [...axis.querySelectorAll("text")]
        .map((text) => ({ text: text.textContent, ...text.getBoundingClientRect().toJSON() }))
        .filter(({ width }) => width > 0),
    );
    return {
      shown: lists.flat().length,
      pairs: lists.flatMap((marks) =>
        marks
          .slice(1)
          .flatMap((mark, i) => (mark.left < marks[i]!.right ? [`${marks[i]!.text}, ${mark.text}`] : [])),
      ),
    };
  });
  if (shown === 0) throw new Error("The page shows no marks.");
  return pairs;
}
