/** The layouts that there are, and which of them a folder has. */
import { cannot, nearest } from "braid-engine";
import { camelsCl } from "./camels-cl.ts";
import { camelsDe } from "./camels-de.ts";
import { camelsGb } from "./camels-gb.ts";
import { camelsUs } from "./camels-us.ts";
import { caravan } from "./caravan.ts";
import type { FolderFiles } from "./files.ts";
import type { Layout } from "./layout.ts";

/** All layouts, in the order of the documents. */
export const layouts: readonly Layout[] = [camelsUs, camelsGb, camelsCl, camelsDe, caravan];

/** The layout called `name`; without a name, the one whose files the folder holds. @throws if there is not one. */
export function chooseLayout(files: FolderFiles, name: string | undefined): Layout {
  const named = layouts.find((one) => one.name === name);
  if (name !== undefined && named === undefined)
    throw cannot("use layout", name, "no layout has this name", {
      facts: [["layouts", layouts.map((one) => one.name).join(", ")]],
      hint: `Did you mean ${
        nearest(
          name,
          layouts.map((one) => one.name),
          1,
        )[0]
      }?`,
    });
  const found = recognise(files);
  if (named !== undefined) {
    if (found.includes(named)) return named;
    throw cannot("import", files.folder, `it has no files of ${named.title}`, {
      facts: [
        ["looked for", named.example],
        ...(found.length > 0 ? [["it looks like", found.map((one) => one.name).join(", ")] as const] : []),
      ],
      ...packed(files),
    });
  }
  const [first, ...more] = found;
  if (first === undefined)
    throw cannot("import", files.folder, "its files match no known layout", {
      facts: layouts.map((one) => [one.name, one.example]),
      hint: "To import files of your own, name them: pnpm data import FILE... --out FOLDER",
      ...packed(files),
    });
  if (more.length > 0)
    throw cannot("import", files.folder, "it holds more than one data set", {
      facts: [["layouts", found.map((one) => one.name).join(", ")]],
      hint: `Name one of them: --layout ${first.name}`,
    });
  return first;
}

/** The layouts of which the folder has files. */
export function recognise({ paths }: FolderFiles): Layout[] {
  return layouts.filter(({ sign }) => paths.some((path) => sign.test(path)));
}

/** @throws if the layout has no such set of drivers. */
export function checkForcing(layout: Layout, forcing: string | undefined): void {
  if (forcing === undefined || layout.forcings?.includes(forcing)) return;
  if (layout.forcings === undefined)
    throw cannot("use forcing", forcing, `${layout.title} has one set of drivers: leave out --forcing`);
  throw cannot("use forcing", forcing, `${layout.title} has no forcing of this name`, {
    facts: [["forcings", layout.forcings.join(", ")]],
  });
}

/** The hint for a folder of archives. */
function packed({ paths }: FolderFiles): { hint?: string } {
  const archive = paths.find((path) => /\.(zip|tar|tgz|gz|7z)$/i.test(path));
  return archive === undefined ? {} : { hint: `Unpack the archives first, ${archive} for example.` };
}
