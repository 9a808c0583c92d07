/** Shows the server's events. If the server is gone, the page says so and reconnects when it is back. */
import { byId, element } from "../../shared/elements.ts";
import type { BoardMessage, Grid, RecentTable } from "../message.ts";
import { type GridChoice, gridChooser } from "./choose-grid.ts";
import { showFailures } from "./failures.ts";
import { folderList } from "./folders.ts";
import { heatMap } from "./heat-map.ts";
import { forgetTables, showTables } from "./latest-tables.ts";
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

let folder = 0;
let grid: GridChoice = { rule: "", x: "", y: "" };
let offerGrids = gridChooser(chooseGrid);
/** Whether the reader has chosen a folder, or the page has opened at one. */
let hasChosen = false;
const showFolders = folderList((place) => {
  if (place !== folder) showFolder(place);
});
let source: EventSource | undefined;
connect();

/** Goes to the first folder with failures if the page has just opened at a folder without failures. */
function opensElsewhere({ folders, failed }: BoardMessage): boolean {
  const place = folders.findIndex((each) => each.failed > 0);
  if (hasChosen || failed > 0 || place < 0 || place === folder) return false;
  showFolder(place);
  return true;
}

function showFolder(place: number): void {
  hasChosen = true;
  folder = place;
  grid = { rule: "", x: "", y: "" };
  offerGrids = gridChooser(chooseGrid);
  map.forget();
  forgetTables();
  connect();
}

function chooseGrid(choice: GridChoice): void {
  grid = choice;
  map.forget();
  connect();
}

/** Listens for the board and the grid that are shown. */
function connect(): void {
  source?.close();
  const from = folder;
  source = new EventSource(`events?${new URLSearchParams({ ...grid, folder: String(from) })}`);
  const on = <T>(name: string, show: (data: T) => void) =>
    source!.addEventListener(name, (event) => {
      if (from === folder) show(JSON.parse(event.data));
    });
  on<BoardMessage>("board", (board) => {
    if (opensElsewhere(board)) return;
    // Later failures in another folder do not change what the reader sees.
    hasChosen = true;
    showFolders(board);
    showProgress(board);
    showFailures(board, from);
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
