/** The page that puts finished experiments side by side: counts by test, and the gain at every site as dots. No scripts. */
import { groundStyle } from "../shared/base-style.ts";
import { type Html, html, trusted } from "../shared/html.ts";

/** Texts are shown as given. */
export interface Comparison {
  /** What is said first where data are made up; null if they are not. */
  readonly synthetic: string | null;
  readonly experiments: readonly ComparedExperiment[];
  /** How each two of them compare. */
  readonly pairs: readonly string[];
  /** What the column of the paper is. */
  readonly paper: string;
}

export interface ComparedExperiment {
  readonly name: string;
  /** The primary, and whose models predict it. */
  readonly question: string;
  /** The partition that verdicts are about. */
  readonly judged: string;
  readonly tests: readonly Readonly<
    Record<"title" | "adjustment" | "better" | "same" | "worse" | "paper", string>
  >[];
  /** By site: the median paired difference in NSE to factor 0, of the site's factor. */
  readonly gains: readonly {
    readonly site: string;
    readonly gain: number;
    readonly factor: string;
    readonly verdict: string;
  }[];
}

const style = `${groundStyle(
  { better: "#0072b2", worse: "#b84f00", same: "#8a949c" },
  { better: "#56b4e9", worse: "#ff7f2a", same: "#7d868e" },
)}
body { margin: 0 auto; max-width: 1000px; padding: 0 1.25rem 3rem; background: var(--ground); color: var(--text); }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-bottom: 0.2rem; }
table { border-collapse: collapse; font-size: 0.85rem; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: 0.15rem 0.9rem 0.15rem 0; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child, th:nth-child(2), td:nth-child(2) { text-align: left; }
.note { color: var(--faint); font-size: 0.9rem; }
.scroll { overflow-x: auto; }
svg { display: block; width: 100%; min-width: 40rem; height: auto; print-color-adjust: exact; -webkit-print-color-adjust: exact; forced-color-adjust: none; }
@media print { svg { min-width: 0; } }
@media (forced-colors: active) { svg { background: var(--ground); } }
svg text { fill: var(--text); font-size: 12px; } svg .axis { stroke: var(--line); }
.better { fill: var(--better); } .worse { fill: var(--worse); } .same { fill: var(--same); } .refused { fill: var(--ground); stroke: var(--same); }
`;

/** The text of the page. */
export function comparisonPage({ synthetic, experiments, pairs, paper }: Comparison): string {
  const names = experiments.map(({ name }) => name).join(", ");
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${names} compared</title><style>${trusted(style)}</style></head><body><main>
<h1>${names}, side by side</h1>
${synthetic === null ? null : html`<p><strong>${synthetic}</strong></p>`}
<h2>The gain at each site</h2>
<p class="note">Each dot is a site: the gain in NSE of the site's factor over factor 0, as the median over seeds. Blue: better; orange: worse; grey: no difference (each site alone); hollow: the test was refused, for example because of too few seeds. Hover over a dot to see its site.</p>
${gainPlot(experiments)}
${experiments.map(countTable)}
<h2>In pairs</h2>
${pairs.map((text) => html`<p>${text}</p>`)}
<p class="note">${paper}</p>
</main></body></html>
`;
  return page.html;
}

const heads = ["test", "multiple-comparison correction", "better", "no difference", "worse", "paper"];

function countTable({ name, question, judged, tests }: ComparedExperiment): Html {
  const rows = tests.map(
    ({ title, adjustment, better, same, worse, paper }) =>
      html`<tr><td>${title}</td><td>${adjustment}</td><td>${better}</td><td>${same}</td><td>${worse}</td><td>${paper}</td></tr>`,
  );
  return html`<h2>${name}: ${question}</h2><p class="note">Sites against factor 0, judged on ${judged}.</p>
<div class="scroll" tabindex="0" role="region" aria-label="${name}: counts of sites"><table><thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

const [left, right, rowHeight, width] = [90, 20, 90, 900];

/** A row of dots per experiment; a dot beyond the axis is drawn at its end. */
function gainPlot(experiments: readonly ComparedExperiment[]): Html {
  const gains = experiments.flatMap((one) => one.gains.map(({ gain }) => gain));
  if (gains.length === 0) return html`<p>No site has a gain to show.</p>`;
  const reach = axisReach(gains);
  const x = (gain: number) =>
    left + ((Math.max(-reach, Math.min(reach, gain)) + reach) / (2 * reach)) * (width - left - right);
  const height = experiments.length * rowHeight + 48;
  const ticks = [-1, -0.5, 0, 0.5, 1].map((part) => part * reach);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Gain at each site"><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Gain at each site by experiment">
${ticks.map(
  (tick) =>
    html`<line class="axis" x1="${x(tick)}" x2="${x(tick)}" y1="0" y2="${height - 43}"/><text x="${x(tick)}" y="${height - 26}" text-anchor="middle">${tick > 0 ? "+" : ""}${Number(tick.toPrecision(2))}</text>`,
)}
<text x="${x(0)}" y="${height - 6}" text-anchor="middle">gain in NSE over factor 0; above 0 is better</text>
${experiments.map((one, row) => dots(one, row * rowHeight, x))}
</svg></div>`;
}

/** The class of a dot by its verdict. */
const kinds: Readonly<Record<string, string>> = { better: "better", worse: "worse", "no difference": "same" };

/** Dots of one experiment around the middle of its row, stacked where they would cover each other. */
function dots({ name, gains }: ComparedExperiment, top: number, x: (gain: number) => number): Html {
  const stacks = new Map<number, number>();
  const marks = gains
    .toSorted((a, b) => a.gain - b.gain)
    .map(({ site, gain, factor, verdict }) => {
      const bin = Math.round(x(gain) / 8);
      const n = stacks.get(bin) ?? 0;
      stacks.set(bin, n + 1);
      const offset = Math.ceil(n / 2) * 7 * (n % 2 === 0 ? 1 : -1);
      const y = top + rowHeight / 2 + Math.max(-rowHeight / 2 + 5, Math.min(rowHeight / 2 - 5, offset));
      const kind = kinds[verdict] ?? "refused";
      return html`<circle class="${kind}" cx="${x(gain).toFixed(1)}" cy="${y.toFixed(1)}" r="3.5"><title>${site}: ${gain.toFixed(3)} at factor ${factor}, ${verdict}</title></circle>`;
    });
  return html`<text x="0" y="${top + rowHeight / 2 + 4}">${name}</text>${marks}`;
}

/** A round number that nine of ten gains are within. */
function axisReach(gains: readonly number[]): number {
  const sizes = gains.map(Math.abs).sort((a, b) => a - b);
  const most = sizes[Math.floor(0.9 * (sizes.length - 1))]! || sizes.at(-1)! || 0.1;
  const power = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= most)!;
}
