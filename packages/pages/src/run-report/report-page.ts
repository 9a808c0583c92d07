/**
 * The page of a report: one file that opens from disk, with the data of all jobs beside it. Its policy lets the browser take
 * its one style, its one script, images that stand in it and scripts beside it, and nothing from a network. No text of a
 * workflow can become a script: only the page's own script asks for one, the data.
 */
import { createHash } from "node:crypto";
import { type Html, html, trusted } from "../shared/html.ts";
import type { RunReport } from "./run-report.ts";
import { allJobsSection, type JobsFile } from "./sections/all-jobs.ts";
import { codeSection } from "./sections/code.ts";
import { distributionsSection } from "./sections/distributions.ts";
import { head, titleOf } from "./sections/head.ts";
import { failuresSection, slowestSection } from "./sections/jobs.ts";
import { configSection, runsSection, versionsSection } from "./sections/origin.ts";
import { outputsSection, shownSection } from "./sections/outputs.ts";
import { graphSection, rulesSection } from "./sections/rules.ts";
import { timelineSection } from "./sections/timeline.ts";
import { style } from "./style.ts";
import { pageBeginning } from "./write-page.ts";

/** `script` is that of the page. */
export async function reportPage(report: RunReport, jobs: JobsFile, script: string): Promise<string> {
  const policy = [
    "default-src 'none'",
    `style-src ${hashOf(style)}`,
    // A page opened from disk has no origin, so `'self'` matches nothing there.
    `script-src ${hashOf(script)} 'self' file:`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const sections: (Html | null)[] = [
    failuresSection(report, jobs.way),
    shownSection(report, jobs.way),
    rulesSection(report),
    await graphSection(report),
    distributionsSection(report),
    timelineSection(report),
    slowestSection(report, jobs.way),
    allJobsSection(jobs),
    outputsSection(report, jobs.way),
    codeSection(report),
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
${head(report)}${contents(sections)}<main>
${sections}</main>
<script>${trusted(script)}</script>
</body>
</html>
`.html;
}

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

/** Links to the sections, by their headings. */
function contents(sections: readonly (Html | null)[]): Html {
  const links = sections.flatMap((section) => {
    const [, id, title] = /<h2 id="([a-z]+)">([^<]*)</.exec(section?.html ?? "") ?? [];
    return id === undefined ? [] : [html`<a href="#${id}">${trusted(title!)}</a>\n`];
  });
  return html`<nav aria-label="Sections">${links}</nav>
`;
}
