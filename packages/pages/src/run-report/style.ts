/** The report's style, on what all pages of the engine share. */
import { baseStyle } from "../shared/base-style.ts";

export const style = `${baseStyle}
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
th code { font-weight: 400; color: var(--faint); }
td code { display: inline-block; min-width: 15rem; white-space: normal; }
.zero { color: var(--faint); }
.warn { color: var(--failed); font-weight: 600; }
tr:last-child td, tbody tr:last-child th { border-bottom: 0; }
td:last-child, th:last-child { padding-right: 0; }
.lane { width: 60%; min-width: 12rem; }
.lane svg { height: 26px; }
.lane path { fill: var(--made); }
.lane path.pause { fill: none; stroke: var(--faint); stroke-width: 1; stroke-dasharray: 2 2; vector-effect: non-scaling-stroke; }
.axis { display: flex; justify-content: space-between; gap: 1rem; color: var(--faint); font-weight: 400; }
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
@media print {
  section { break-inside: avoid; }
}
`;
