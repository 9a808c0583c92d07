/** The live view's style, on what all pages share. */
import { baseStyle } from "../shared/base-style.ts";
import { lanesStyle } from "../shared/lanes-style.ts";

export const style = `${baseStyle}${lanesStyle}
#command { color: var(--faint); font-size: 0.85rem; overflow-wrap: anywhere; }
#left, #cell { color: var(--faint); font-size: 0.85rem; }
#cell { min-height: 1.5em; }
#total { height: 0.9rem; background: var(--empty); border-radius: 5px; overflow: hidden; margin: 0.6rem 0 0.3rem; }
#total div { height: 100%; width: 0; background: var(--made); }
#folders { list-style: none; margin: 0; padding: 0; display: grid; gap: 0.4rem; }
#folders button { display: grid; grid-template-columns: auto minmax(6rem, 14rem) 1fr minmax(4rem, 10rem); gap: 0.2rem 0.7rem; align-items: center; width: 100%; text-align: start; font-size: 0.88rem; padding: 0.35rem 0.6rem; cursor: pointer; }
#folders button[aria-current] { border-color: var(--link); box-shadow: inset 3px 0 0 var(--link); }
#folders b { overflow-wrap: anywhere; }
#folders .dot { width: 0.62em; height: 0.62em; border-radius: 50%; background: var(--empty); }
#folders [data-state=running] .dot, #folders [data-state=planning] .dot { background: var(--running); }
#folders [data-state=done] .dot { background: var(--made); }
#folders [data-state=failed] .dot, #folders [data-state=killed] .dot { background: var(--failed); border-radius: 0; }
#folders [data-state=interrupted] .dot { background: var(--faint); border-radius: 0; }
#folders .dot, #folders progress { forced-color-adjust: none; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
@media (forced-colors: active) { #folders button[aria-current] { border: 3px solid Highlight; } }
#folders progress { width: 100%; accent-color: var(--made); }
#pace .scroll { max-height: none; }
.rule { display: grid; grid-template-columns: minmax(9rem, 14rem) 1fr 18rem; gap: 0.2rem 0.9rem; align-items: center; font-size: 0.88rem; padding: 0.15rem 0; font-variant-numeric: tabular-nums; }
.rule .numbers { color: var(--faint); text-align: right; }
.track { display: flex; height: 0.7rem; background: var(--empty); border-radius: 4px; overflow: hidden; }
.bar { display: flex; flex-wrap: wrap; gap: 0.4rem 1rem; font-size: 0.85rem; margin-bottom: 0.6rem; }
canvas { display: block; max-width: 100%; cursor: crosshair; }
#tables td:last-child, #tables th:last-child { position: sticky; right: 0; background: var(--panel); padding-left: 0.6rem; }
#tables th:last-child { z-index: 2; }
.gone { opacity: 0.55; }
@media (max-width: 640px) {
  .rule { grid-template-columns: 1fr auto; }
  #folders button { grid-template-columns: auto 1fr; } #folders button > :nth-child(n + 3) { grid-column: 2; }
  .rule .numbers { font-size: 0.8rem; }
  .rule .track { grid-column: 1 / -1; order: 3; }
}
`;
