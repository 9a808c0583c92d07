/** The list of folders that the view follows: how each one goes, and a button that shows it. */
import { rate, withCommas } from "braid-engine/quantities";
import { byId, element } from "../../shared/elements.ts";
import type { BoardMessage, FolderMessage } from "../message.ts";

const words: Readonly<Record<FolderMessage["state"], string>> = {
  none: "nothing has run yet",
  planning: "planning",
  running: "running",
  done: "done",
  failed: "ended with failed jobs",
  interrupted: "interrupted",
  killed: "killed",
};

/** Calls `onChoose` with the place of the folder that the reader chooses. Hidden if there is only one. */
export function folderList(onChoose: (place: number) => void): (board: BoardMessage) => void {
  const list = byId("folders");
  return ({ folders, folder: shown }) => {
    byId("followed").hidden = folders.length === 0;
    const names = shortNames(folders.map(({ folder }) => folder));
    // The buttons stay the same, so that the one with the focus keeps it.
    while (list.children.length < folders.length) {
      const place = list.children.length;
      const button = element("button", { type: "button" });
      button.addEventListener("click", () => onChoose(place));
      list.append(element("li", {}, button));
    }
    folders.forEach((folder, i) => {
      const button = list.children[i]!.firstElementChild as HTMLElement;
      if (folder.folder === shown) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
      button.dataset.state = folder.state;
      button.title = folder.folder;
      const text = [`${withCommas(folder.done)} of ${withCommas(folder.total)} jobs done`];
      if (folder.failed > 0) text.push(`${withCommas(folder.failed)} failed`);
      if (folder.state === "running") text.push(`${rate(folder.pace)} in the last minute`);
      const sentence = folder.total === 0 ? "" : `, ${text.join(", ")}`;
      const bar = element("progress", {
        max: Math.max(1, folder.total),
        value: folder.done,
        "aria-hidden": "true",
      });
      button.replaceChildren(
        element("span", { className: "dot" }),
        element("b", {}, names[i]!),
        element("span", {}, `${words[folder.state]}${sentence}`),
        bar,
      );
    });
  };
}

/** The ends of paths that tell them apart. */
export function shortNames(paths: readonly string[]): string[] {
  const parts = paths.map((path) => path.split("/").filter(Boolean));
  const longest = Math.max(0, ...parts.map(({ length }) => length));
  for (let n = 1; n < longest; n++) {
    const names = parts.map((each) => each.slice(-n).join("/"));
    if (new Set(names).size === names.length) return names;
  }
  return [...paths];
}
