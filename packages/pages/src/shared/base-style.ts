/** What pages look like: light and dark, colours that the colour-blind can tell apart, text and tables. */
import { colours } from "./colours.ts";

type Colours = Readonly<Record<string, string>>;

const variables = (named: Colours) =>
  Object.entries(named)
    .map(([name, colour]) => `--${name}: ${colour};`)
    .join(" ");

/** The ground of every page: the shared colours as variables, with more of the page's own, its font, the focus. */
export function groundStyle(light: Colours = {}, dark: Colours = {}): string {
  return `
:root {
  color-scheme: light dark;
  ${variables({ ...colours.light, ...light })}
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
@media screen and (prefers-color-scheme: dark) {
  :root { ${variables({ ...colours.dark, ...dark })} }
}
* { box-sizing: border-box; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
`;
}

const states = groundStyle(
  { made: "#0072b2", before: "#8fbcd9", running: "#e6c229", failed: "#b84f00", empty: "#e3e7ea" },
  { made: "#56b4e9", before: "#2b5f80", running: "#f0e442", failed: "#ff7f2a", empty: "#2a2f34" },
);

/** The style that the run report and the live view share. */
export const baseStyle = `${states}body { margin: 0 auto; max-width: 1280px; padding: 0 1.25rem 3rem; background: var(--ground); color: var(--text); }
h1 { font-size: 1.5rem; margin: 1rem 0 0.1rem; line-height: 1.25; }
h2 { font-size: 1.05rem; margin: 0 0 0.6rem; }
p { margin: 0.2rem 0; }
#state::before { content: ""; display: inline-block; width: 0.62em; height: 0.62em; border-radius: 50%; margin-right: 0.45em; background: var(--empty); }
[data-state=running] #state::before, [data-state=planning] #state::before { background: var(--running); }
[data-state=done] #state::before { background: var(--made); }
[data-state=failed] #state::before, [data-state=killed] #state::before { background: var(--failed); border-radius: 0; }
[data-state=interrupted] #state::before { background: var(--faint); border-radius: 0; }
section { background: var(--panel); border-radius: 8px; padding: 0.8rem 1rem; margin: 0 0 1.1rem; min-width: 0; }
main { margin-top: 1.2rem; }
.entry { white-space: nowrap; margin-right: 0.9em; }
.key { display: inline-block; width: 0.8em; height: 0.8em; border-radius: 2px; margin-right: 0.35em; }
.made { background: var(--made); } .before { background: var(--before); } .failed { background: var(--failed); }
.running { background: var(--running); } .empty { background: var(--empty); }
a { color: var(--link); }
label span { color: var(--faint); margin-right: 0.4rem; }
select, button, input { font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--line); border-radius: 5px; padding: 0.15rem 0.45rem; max-width: 100%; }
details { border-top: 1px solid var(--line); padding: 0.35rem 0; font-size: 0.88rem; }
summary { cursor: pointer; overflow-wrap: anywhere; }
summary b { color: var(--failed); font-weight: 600; }
pre { overflow: auto; max-height: 22rem; background: var(--ground); border-radius: 5px; padding: 0.6rem; font-size: 0.8rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.scroll { overflow: auto; max-height: 20rem; }
table { border-collapse: collapse; font-size: 0.82rem; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 0.15rem 0.6rem 0.15rem 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
td.number, th.number { text-align: right; }
thead th { position: sticky; top: 0; background: var(--panel); z-index: 1; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.1rem 0.9rem; font-size: 0.85rem; margin: 0.6rem 0 0; }
dt { color: var(--faint); } dd { margin: 0; }
svg { display: block; width: 100%; }
.legend { color: var(--faint); font-size: 0.85rem; }
@media (max-width: 640px) {
  body { padding-inline: 0.8rem; }
}
/* What colours mean must be seen on paper, and where the reader's own colours replace those of pages. */
.key, .track, #total, #whole, #state::before, svg, canvas { print-color-adjust: exact; -webkit-print-color-adjust: exact; forced-color-adjust: none; }
@media print { h2, h3 { break-after: avoid; } }
`;
