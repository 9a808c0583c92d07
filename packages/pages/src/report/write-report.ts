/**
 * Writes the page: `index.html` and a folder of assets beside it, which hold its one script, its style and
 * the data in pieces that are loaded when they are wanted. Nothing comes from a network.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { count } from "braid-engine/quantities";
import { drawing } from "../graph.ts";
import { groundStyle } from "../shared/base-style.ts";
import { dataScript, plainScript } from "../shared/data-script.ts";
import { html, trusted } from "../shared/html.ts";
import { packNumbers, scoreName } from "../shared/packed.ts";
import { outlineAround } from "./outline.ts";
import { packReport } from "./packed-report.ts";
import { variableName } from "./page/names.ts";
import type { Report, ScoreCube } from "./report.ts";
import { ruleGraph } from "./rule-graph.ts";

export interface ReportFiles {
  /** `index.html`; its assets are looked for beside it in `assets/`, series in `series/`. */
  readonly page: string;
  readonly assets: string;
}

const source = (name: string) => fileURLToPath(new URL(`./page/${name}`, import.meta.url));
/** The package holds what the sources were built into. */
const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";

/** Writes everything but the series. `scoreOf` gives the numbers of one score. */
export async function writeReport(
  { page, assets }: ReportFiles,
  report: Report,
  scoreOf: (partition: string, variable: string, score: string) => ScoreCube,
): Promise<void> {
  await mkdir(join(assets, "scores"), { recursive: true });
  for (const partition of report.partitions)
    for (const variable of report.variables)
      for (const score of report.scores) {
        const name = scoreName(partition, variable, score);
        const cube = scoreOf(partition, variable, score);
        await writeFile(join(assets, `${name}.js`), dataScript(name, packNumbers(cube)));
      }
  await writeFile(join(assets, "report.js"), plainScript("report", packReport(report)));
  await writeFile(join(assets, "graph.js"), dataScript("graph", await drawing(ruleGraph(report.graph))));
  const outline = await outlineAround(report.sites);
  await writeFile(join(assets, "outline.js"), dataScript("outline", outline));
  await bundlePage(assets);
  await writeFile(page, pageText(report));
}

/** Writes the page's one script and one style; returns the modules in them, as paths from the working folder. */
export async function bundlePage(assets: string): Promise<string[]> {
  // Loaded only here: whoever plans a workflow with a report should not pay for it.
  const { build } = await import("esbuild");
  const { metafile } = await build({
    entryPoints: [
      { in: source(`main.${extension}`), out: "page" },
      { in: source("page.css"), out: "page" },
    ],
    outdir: assets,
    banner: { css: groundStyle() },
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    legalComments: "inline",
    logLevel: "silent",
    metafile: true,
  });
  return Object.keys(metafile.inputs);
}

function pageText(report: Report): string {
  const { experiment, synthetic, primary, variables, sites, factors, seeds, models } = report;
  const auxiliary = variables.filter((variable) => variable !== primary);
  const name = (variable: string) => variableName(report, variable);
  const question =
    auxiliary.length === 0
      ? `${name(primary)}, learnt alone`
      : `${name(primary)}, learnt beside ${auxiliary.map(name).join(", ")}`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${trusted(policy)}">
<title>${experiment}${synthetic ? " (synthetic data)" : ""}: ${question}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="assets/page.css">
</head>
<body>
<header>
<h1>${experiment}: ${question}</h1>
${synthetic ? html`<p class="synthetic" role="note">${trusted(syntheticNote)}</p>` : null}
<p>${count(models, "model")} of ${count(sites.length, "site")}, ${count(factors.length, "factor")}, ${count(seeds.length, "seed")}.</p>
</header>
<main id="page"><noscript>The figures of this page are drawn by a script, which your browser does not run.</noscript></main>
<script>${trusted(receiver)}</script>
<script src="assets/page.js"></script>
</body>
</html>
`.html;
}

/** Nothing but the files beside the page; the browser itself refuses the rest. */
const policy =
  "default-src 'none'; script-src 'self' file: 'unsafe-inline'; style-src 'self' file: 'unsafe-inline'; img-src data: blob:";

const receiver =
  "var braidWaiting = new Map(); function braidData(name, value) { braidWaiting.get(name)?.(value); }";

const syntheticNote =
  "<strong>Synthetic data.</strong> The stations of this experiment are made up: the page shows that everything works, and says nothing about rivers.";
