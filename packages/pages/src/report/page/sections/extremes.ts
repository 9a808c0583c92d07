/** The best and the worst models by the chosen score; each leads to its series. */
import { withCommas } from "braid-engine/quantities";
import { element, table } from "../../../shared/elements.ts";
import { direction, goodness, scoreLabel } from "../names.ts";
import { brief } from "../numbers.ts";
import { type Context, chosenScores, chosenWords, siteLabel } from "./context.ts";

const shown = 10;

export function extremes(context: Context): HTMLElement {
  const { report, choices } = context;
  const { factors, seeds, sites } = report;
  const tables = element("div", { className: "pair" });
  const update = async () => {
    const { score, variable } = choices.now;
    const cube = await chosenScores(context);
    const order: number[] = [];
    cube.forEach((value, i) => {
      if (Number.isFinite(value)) order.push(i);
    });
    order.sort((a, b) => goodness(score, cube[b]!) - goodness(score, cube[a]!));
    const rows = (models: readonly number[]) =>
      models.map((i) => {
        const site = sites[Math.floor(i / seeds.length / factors.length)]!;
        const factor = factors[Math.floor(i / seeds.length) % factors.length]!;
        const seed = seeds[i % seeds.length]!;
        const title = `${siteLabel(site)}, factor ${factor}, seed ${seed}`;
        const open = element("a", { href: "#days", title }, site.id);
        open.addEventListener("click", (event) => {
          event.preventDefault();
          choices.set({ site: site.id, factor: String(factor), seed: String(seed) });
          document.getElementById("days")?.scrollIntoView();
        });
        return [
          open,
          factor,
          seed,
          element("span", { className: "number", title: String(cube[i]) }, brief(cube[i]!)),
        ];
      });
    const columns = ["site", "factor", "seed", scoreLabel(report, score, variable)];
    tables.replaceChildren(
      element(
        "div",
        {},
        element(
          "h3",
          {},
          `Best of ${withCommas(order.length)}: ${chosenWords(context)}, ${direction(score)}`,
        ),
        table("Best models", columns, rows(order.slice(0, shown))),
      ),
      element(
        "div",
        {},
        element("h3", {}, "Worst"),
        table("Worst models", columns, rows(order.slice(-shown).reverse())),
      ),
    );
  };
  void update();
  choices.onChange((keys) => {
    if (["partition", "variable", "score"].some((key) => keys.has(key))) void update();
  });
  return element("section", { id: "models" }, element("h2", {}, "The best and the worst models"), tables);
}
