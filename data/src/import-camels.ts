/** `pnpm data camels FOLDER --out FOLDER`: the older name of `pnpm data import FOLDER --layout camels-us`. */
import { outFolder, runCommand } from "./command.ts";
import { importPublished } from "./import-published.ts";

const name = "pnpm data camels";

const help = `Usage: ${name} FOLDER --out FOLDER [--forcing PRODUCT]

Makes a data folder of CAMELS-US. It is the older name of pnpm data import FOLDER --layout camels-us

  --out FOLDER        the data folder to write
  --forcing PRODUCT   daymet, maurer, nldas, maurer_extended or nldas_extended; without it, daymet where it is there
  --help              print this help`;

await runCommand({
  help,
  folders: 1,
  options: { out: { type: "string" }, forcing: { type: "string" } },
  run: (values, folder) =>
    importPublished(folder, outFolder(values.out, `${name} ${folder}`), name, {
      layout: "camels-us",
      forcing: values.forcing,
    }),
});
