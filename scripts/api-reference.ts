/** `pnpm bundle api [FOLDER]`: the reference of the public packages as web pages, from their docstrings, by TypeDoc. */
import { join, resolve } from "node:path";
import { Application, PackageJsonReader, TSConfigReader, TypeDocReader } from "typedoc";

const help = `Usage: pnpm bundle api [FOLDER]

  Writes the API reference into FOLDER [api], which it replaces; open FOLDER/index.html. Takes about a minute.
  typedoc.json lists the packages. A docstring that TypeDoc warns of is an error: exit code 1.
`;

const words = process.argv.slice(2);
if (words.includes("--help") || words.includes("-h")) process.stdout.write(help);
else process.exitCode = (await writeReference(resolve(words[0] ?? "api"))) ? 0 : 1;

async function writeReference(folder: string): Promise<boolean> {
  const options = join(import.meta.dirname, "../typedoc.json");
  const readers = [new TypeDocReader(), new PackageJsonReader(), new TSConfigReader()];
  const app = await Application.bootstrapWithPlugins({ options, out: folder }, readers);
  const project = await app.convert();
  if (project !== undefined) await app.generateOutputs(project);
  return project !== undefined && !app.logger.hasErrors() && !app.logger.hasWarnings();
}
