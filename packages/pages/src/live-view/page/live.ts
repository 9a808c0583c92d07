/** Shows the server's events. If the server is gone, the page says so and reconnects when it is back. */
import { byId, element } from "../../shared/elements.ts";
import type { BoardMessage, Grid, RecentTable } from "../message.ts";
import { type GridChoice, gridChooser } from "./choose-grid.ts";
import { showFailures } from "./failures.ts";
import { heatMap } from "./heat-map.ts";
import { showTables } from "./latest-tables.ts";
import { showPace } from "./pace.ts";
import { showProgress } from "./progress.ts";

const hint = "Point at a cell, or choose one by the arrow keys, to read its counts.";
const map = heatMap((text) => {
  byId("cell").textContent = text === "" ? hint : text;
});
byId("cell").textContent = hint;
byId("map").append(map.canvas);
for (const [name, text] of [
  ["made", "made in this run"],
  ["before", "made before"],
  ["running", "running"],
  ["failed", "failed"],
  ["empty", "not yet"],
] as const)
  byId("legend").append(
    element("span", { className: "entry" }, element("span", { className: `key ${name}` }), text),
  );

const offerGrids = gridChooser(connect);
let source: EventSource | undefined;
connect({ rule: "", x: "", y: "" });

/** Listens for the board, and for the grid that is looked at. */
function connect(view: GridChoice): void {
  source?.close();
  source = new EventSource(`events?${new URLSearchParams({ ...view })}`);
  const on = <T>(name: string, show: (data: T) => void) =>
    source!.addEventListener(name, (event) => show(JSON.parse(event.data)));
  on<BoardMessage>("board", (board) => {
    showProgress(board);
    showFailures(board);
    showPace(board);
    offerGrids(board);
  });
  on<Grid>("grid", (grid) => map.show(grid));
  on<RecentTable[]>("tables", showTables);
  source.onopen = () => document.body.classList.remove("gone");
  source.onerror = () => {
    document.body.classList.add("gone");
    byId("state").textContent = "The live view has ended";
    byId("left").textContent = "It comes back here when it is started again, with --ui or the command ui.";
  };
}
