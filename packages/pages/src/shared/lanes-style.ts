import { axisWidths } from "./lanes.ts";

/** Leaves out the marks that an axis of this width has no room for. */
const fewerMarks = [0, ...axisWidths]
  .map((from, level) => {
    const to = axisWidths[level];
    const upTo = to === undefined ? "" : ` and (max-width: ${to - 0.02}px)`;
    return `@container (min-width: ${from}px)${upTo} { .without${level} { display: none; } }`;
  })
  .join("\n");

/** The style of lanes. */
export const lanesStyle = `
.axis { container-type: inline-size; }
${fewerMarks}
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; padding: 0; }
figure { margin: 0 0 1.1rem; min-width: 0; }
figure h3 { margin: 0 0 0.3rem; font-size: 0.92rem; }
figcaption { color: var(--faint); font-size: 0.82rem; margin-top: 0.35rem; }
figcaption strong { color: var(--text); font-weight: 600; }
th.lane, td.lane { width: 55%; min-width: 15rem; padding-right: 1rem; }
th.lane { font-weight: 400; color: var(--faint); }
.ticks { font-size: 0.72rem; overflow: visible; } .ticks text { fill: var(--faint); }
.drawn { background: var(--ground); overflow: visible; }
.drawn path, .drawn rect { vector-effect: non-scaling-stroke; }
.drawn .grid { stroke: var(--line); fill: none; stroke-width: 1; }
.ran, .area { fill: var(--made); } .waited { fill: var(--before); } .area { opacity: 0.55; }
.thin, .thick, .middle { fill: none; stroke: var(--text); } .thin { stroke-width: 1; } .thick { stroke-width: 4; } .middle { stroke-width: 2; }
.pause { fill: none; stroke: var(--faint); stroke-width: 1; stroke-dasharray: 2 2; }
@media (forced-colors: active) { .ticks text { fill: CanvasText; } }
@media (max-width: 640px) {
  th.lane, td.lane { min-width: 11.5rem; }
  figure th[scope=row] { white-space: normal; min-width: 6.5rem; overflow-wrap: break-word; }
}
`;
