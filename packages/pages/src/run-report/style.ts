/** The report's style, on what all pages of the engine share. */
import { baseStyle } from "../shared/base-style.ts";
import { lanesStyle } from "../shared/lanes-style.ts";

export const style = `${baseStyle}${lanesStyle}
h3 { font-size: 0.92rem; margin: 1rem 0 0.3rem; overflow-wrap: anywhere; }
.eyebrow { color: var(--faint); font-size: 0.85rem; margin-top: 1.2rem; }
header h1 { margin-top: 0; overflow-wrap: anywhere; }
#state { font-weight: 600; }
code { font-family: ui-monospace, "SFMono-Regular", Menlo, Consolas, monospace; font-size: 0.92em; overflow-wrap: anywhere; unicode-bidi: isolate; }
#whole { height: 0.9rem; border-radius: 5px; margin: 0.7rem 0 0.3rem; background: var(--empty); }
rect.good { fill: var(--made); } rect.bad { fill: var(--failed); } rect.stale { fill: var(--running); }
.good { background: var(--made); } .bad { background: var(--failed); } .stale { background: var(--running); }
caption { text-align: left; color: var(--faint); padding-bottom: 0.4rem; white-space: normal; }
caption span { display: inline-block; max-width: calc(100vw - 4.5rem); }
th[scope=colgroup] { text-align: center; border-bottom: 0; }
tbody th { font-weight: 600; }
.scroll { max-height: none; }
th > code { font-weight: 400; color: var(--faint); }
a code { color: inherit; }
td code { display: inline-block; min-width: 15rem; white-space: normal; }
.zero { color: var(--faint); }
.warn { color: var(--failed); font-weight: 600; }
tr:last-child td, tbody tr:last-child th { border-bottom: 0; }
td:last-child, th:last-child { padding-right: 0; }
nav { display: flex; flex-wrap: wrap; gap: 0.1rem 1rem; font-size: 0.88rem; margin-top: 0.9rem; }
nav a { padding: 0.2rem 0; }
.shown { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 26rem), 1fr)); gap: 1rem; align-items: start; }
.bar { display: flex; flex-wrap: wrap; gap: 0.4rem 1rem; align-items: center; font-size: 0.88rem; margin-bottom: 0.4rem; }
#all-jobs thead button { border: 0; padding: 0; background: none; font-weight: 600; }
#all-jobs th[aria-sort=ascending] button::after { content: " ▲"; } #all-jobs th[aria-sort=descending] button::after { content: " ▼"; }
#all-jobs tbody th { font-weight: 400; white-space: normal; min-width: 16rem; overflow-wrap: anywhere; }
#all-jobs td { vertical-align: top; }
.error { display: block; color: var(--failed); white-space: normal; }
.state.failed { color: var(--failed); font-weight: 600; }
.graph { overflow: auto; }
.graph svg { width: auto; max-width: 100%; height: auto; margin: 0 auto; }
.preview { overflow: auto; background: var(--ground); border-radius: 5px; padding: 0.6rem; }
.preview img { display: block; max-width: 100%; height: auto; background: #fff; }
.preview table { width: auto; }
.preview thead th { background: var(--ground); }
.preview td, .preview th { padding-right: 1.5rem; }
@media (max-width: 640px) {
  dl { grid-template-columns: 1fr; }
  dd { margin-bottom: 0.3rem; }
}
@media screen { #all-jobs .scroll { max-height: 36rem; } }
@media print {
  figure, tr { break-inside: avoid; }
  nav, #load-jobs, .bar { display: none; }
  .scroll { overflow: visible; }
  table { font-size: 0.68rem; }
  th, td { padding-right: 0.4rem; }
  thead th { white-space: normal; }
  td code, th code { min-width: 0; white-space: normal; overflow-wrap: anywhere; }
  th.lane, td.lane { width: 40%; min-width: 8rem; }
}
`;
