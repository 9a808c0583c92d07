/** Opens C libraries through koffi, which the calling package provides: a GPU's driver, the native kernel. */
import { cannot, firstLine } from "../interface/errors.ts";

/** One function of a library; arguments are numbers, bigints (pointers), strings, typed arrays or null. */
// biome-ignore lint/suspicious/noExplicitAny: koffi converts what each declaration says
export type Native = ((...args: any[]) => any) & { async(...args: any[]): void };

/** The part of koffi that opens libraries. */
interface Koffi {
  load(library: string): { func(declaration: string): unknown };
}

/**
 * The functions of the first of these libraries of `whose` that opens, by name; `koffi` is `import("koffi")`.
 * Throws with the error of each.
 */
export async function openLibrary<Name extends string>(
  koffi: Promise<{ readonly default: Koffi }>,
  candidates: readonly string[],
  declarations: Readonly<Record<Name, string>>,
  whose: string,
): Promise<{ readonly name: string; readonly functions: Readonly<Record<Name, Native>> }> {
  const { default: loaded } = await koffi.catch((error: Error) => {
    throw cannot(
      `call ${whose}`,
      `the package koffi does not load here (${firstLine(error)})`,
      "Install the dependencies again, with the optional ones.",
    );
  });
  const answers: string[] = [];
  for (const name of candidates)
    try {
      const library = loaded.load(name);
      const functions = {} as Record<Name, Native>;
      for (const [key, declaration] of Object.entries<string>(declarations))
        functions[key as Name] = library.func(declaration) as Native;
      return { name, functions };
    } catch (error) {
      answers.push(`${name}: ${firstLine(error as Error)}`);
    }
  throw cannot(`open ${whose}'s library`, answers.join("; "));
}
