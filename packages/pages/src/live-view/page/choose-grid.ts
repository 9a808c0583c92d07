/** Controls to choose the grid: its rule, and two of its wildcards. */
import { byId, select } from "../../shared/elements.ts";
import type { BoardMessage } from "../message.ts";

/** Empty until the server has said which grids there are. */
export interface GridChoice {
  readonly rule: string;
  readonly x: string;
  readonly y: string;
}

/** Returns the controls for the grids of a board; calls `onChoose` when the reader chooses another grid. */
export function gridChooser(onChoose: (choice: GridChoice) => void): (board: BoardMessage) => void {
  let view: GridChoice = { rule: "", x: "", y: "" };
  let offered = "";
  let picked = false;
  const look = (change: Partial<GridChoice>) => {
    view = { ...view, ...change };
    offered = "";
    picked = true;
    onChoose(view);
  };
  return ({ grids }) => {
    byId("jobs").hidden = grids.length === 0;
    const known = JSON.stringify([grids, view]);
    if (grids.length === 0 || known === offered) return;
    const grid = gridShown(grids, picked ? view.rule : "");
    const before = view;
    view = chosen(view, grid);
    offered = JSON.stringify([grids, view]);
    const { rule, x, y } = view;
    byId("pickers").replaceChildren(
      select(
        "Rule",
        grids.map((each) => each.rule),
        rule,
        (other) => look({ rule: other, x: "", y: "" }),
      ),
      select("by", grid.wildcards, x, (other) => look({ x: other, y: other === y ? x : y })),
    );
    const rest = grid.wildcards.filter((name) => name !== x);
    if (rest.length > 0) byId("pickers").append(select("and", rest, y, (other) => look({ y: other })));
    if (before.rule !== rule || before.x !== x || before.y !== y) onChoose(view);
  };
}

/**
 * The grid of the rule that the reader has chosen, else of the first rule. The first may change, because the slowest rule is
 * not known while the first jobs run.
 */
export function gridShown(grids: BoardMessage["grids"], picked: string): BoardMessage["grids"][number] {
  return grids.find((each) => each.rule === picked) ?? grids[0]!;
}

/** The chosen wildcards if the grid's rule has them; else its first two. */
function chosen({ rule, x, y }: GridChoice, grid: BoardMessage["grids"][number]): GridChoice {
  const { wildcards } = grid;
  const [first = "", second = ""] = wildcards;
  const across = wildcards.includes(x) ? x : first;
  const down =
    rule === grid.rule && wildcards.includes(y) && y !== across ? y : across === first ? second : first;
  return { rule: grid.rule, x: across, y: down };
}
