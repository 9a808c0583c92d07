/** The rules of the workflow and what they need. */
import { element } from "../../../shared/elements.ts";
import { load } from "../data.ts";
import { figure } from "../figure.ts";
import type { Context } from "./context.ts";

export function workflow({ report, choices }: Context): HTMLElement {
  return element(
    "section",
    { id: "workflow" },
    element("h2", {}, "The workflow"),
    figure({
      name: "rules",
      title: "Rules and their jobs",
      choices,
      dependsOn: [],
      draw: async () => {
        if (report.graph.rules.length === 0) return "The journal of the working folder knows of no job.";
        const drawn = element("div", { innerHTML: await load<string>("graph") });
        return {
          svg: drawn.querySelector("svg")!,
          caption:
            "A box is a rule, with the jobs that were done; an arrow leads from a rule to one that needs its files. Arrows that others imply are left out; the table has all.",
          columns: ["rule", "jobs", "needs"],
          rows: report.graph.rules.map(({ name, jobs }) => [
            name,
            jobs,
            report.graph.edges
              .filter(([, to]) => to === name)
              .map(([from]) => from)
              .join(", "),
          ]),
        };
      },
    }),
  );
}
