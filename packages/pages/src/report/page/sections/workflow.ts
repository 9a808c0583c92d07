/** The rules of the workflow and what they need. */
import { count } from "braid-engine/quantities";
import { element } from "../../../shared/elements.ts";
import { load } from "../data.ts";
import { figure } from "../figure.ts";
import type { Context } from "./context.ts";

export function workflow(context: Context): HTMLElement {
  const { report } = context;
  return element(
    "section",
    { id: "workflow" },
    element("h2", {}, "The workflow"),
    figure(context, {
      name: "rules",
      title: "Rules and their jobs",
      dependsOn: [],
      draw: async () => {
        if (report.graph.rules.length === 0) return "The journal of the working folder has no jobs.";
        const jobs = report.graph.rules.reduce((sum, rule) => sum + rule.jobs, 0);
        const most = report.graph.rules.toSorted((a, b) => b.jobs - a.jobs)[0]!;
        const drawn = element("div", { innerHTML: await load<string>("graph") });
        return {
          svg: drawn.querySelector("svg")!,
          finding: `${count(report.graph.rules.length, "rule")} with ${count(jobs, "job")}, most of them of ${most.name}.`,
          caption:
            "A box is a rule, with its finished jobs. An arrow leads from a rule to one that needs its files; arrows that others imply are in the table only.",
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
