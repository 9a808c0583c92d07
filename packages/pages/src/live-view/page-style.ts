/** The live view's style, on what all pages share. */
import { baseStyle } from "../shared/base-style.ts";

export const style = `${baseStyle}
#command { color: var(--faint); font-size: 0.85rem; overflow-wrap: anywhere; }
#left, #cell { color: var(--faint); font-size: 0.85rem; }
#cell { min-height: 1.5em; }
#total { height: 0.9rem; background: var(--empty); border-radius: 5px; overflow: hidden; margin: 0.6rem 0 0.3rem; }
#total div { height: 100%; width: 0; background: var(--made); }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 0 1.1rem; align-items: start; }
.rule { display: grid; grid-template-columns: minmax(9rem, 14rem) 1fr 18rem; gap: 0.2rem 0.9rem; align-items: center; font-size: 0.88rem; padding: 0.15rem 0; font-variant-numeric: tabular-nums; }
.rule .numbers { color: var(--faint); text-align: right; }
.track { display: flex; height: 0.7rem; background: var(--empty); border-radius: 4px; overflow: hidden; }
.bar { display: flex; flex-wrap: wrap; gap: 0.4rem 1rem; font-size: 0.85rem; margin-bottom: 0.6rem; }
label span { color: var(--faint); margin-right: 0.4rem; }
select, button { font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--line); border-radius: 5px; padding: 0.15rem 0.45rem; max-width: 100%; }
canvas { display: block; max-width: 100%; cursor: crosshair; }
#tables td:last-child, #tables th:last-child { position: sticky; right: 0; background: var(--panel); padding-left: 0.6rem; }
#tables th:last-child { z-index: 2; }
.gone { opacity: 0.55; }
@media (max-width: 640px) {
  .rule { grid-template-columns: 1fr auto; }
  .rule .numbers { font-size: 0.8rem; }
  .rule .track { grid-column: 1 / -1; order: 3; }
}
`;
