/**
 * The page of a report: one file that opens from disk. It has no script and asks for nothing; its policy lets the
 * browser take its one style and images that stand in it, and nothing else.
 */
import { createHash } from "node:crypto";
import { type Html, html, trusted } from "../shared/html.ts";
import type { RunReport } from "./run-report.ts";
import { head, titleOf } from "./sections/head.ts";
import { failuresSection, slowestSection } from "./sections/jobs.ts";
import { configSection, runsSection, versionsSection } from "./sections/origin.ts";
import { outputsSection } from "./sections/outputs.ts";
import { graphSection, rulesSection } from "./sections/rules.ts";
import { timelineSection } from "./sections/timeline.ts";
import { style } from "./style.ts";
import { pageBeginning } from "./write-page.ts";

export async function reportPage(report: RunReport): Promise<string> {
  const hash = createHash("sha256").update(style).digest("base64");
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; base-uri 'none'; form-action 'none'`;
  const sections: (Html | null)[] = [
    failuresSection(report),
    rulesSection(report),
    await graphSection(report),
    timelineSection(report),
    slowestSection(report),
    outputsSection(report),
    runsSection(report),
    configSection(report),
    versionsSection(report),
  ];
  return html`${trusted(pageBeginning)}<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" content="${trusted(policy)}">
<title>${titleOf(report)}</title>
<link rel="icon" href="data:,">
<style>${trusted(style)}</style>
</head>
<body data-state="${report.status?.state ?? "none"}">
${head(report)}<main>
${sections}</main>
</body>
</html>
`.html;
}
