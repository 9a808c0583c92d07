/** Libraries written in C through koffi, which is loaded only when one is asked for: a GPU's driver, the native kernel. */
import { cannot } from "../errors.ts";

/** One function of a library; arguments are numbers, bigints (pointers), strings, typed arrays or null. */
// biome-ignore lint/suspicious/noExplicitAny: koffi converts what each declaration says
export type Native = ((...args: any[]) => any) & { async(...args: any[]): void };

/** The functions of the first of these libraries of `whose` that opens, by name. Throws with what each one answered. */
export async function openLibrary<Name extends string>(
  candidates: readonly string[],
  declarations: Readonly<Record<Name, string>>,
  whose = "a GPU driver",
): Promise<{ readonly name: string; readonly functions: Readonly<Record<Name, Native>> }> {
  const { default: koffi } = await import("koffi").catch((error: Error) => {
    throw cannot(
      `call ${whose}`,
      `the package koffi does not load here (${firstLine(error)})`,
      "Install the dependencies again, with the optional ones.",
    );
  });
  const answers: string[] = [];
  for (const name of candidates)
    try {
      const library = koffi.load(name);
      const functions = {} as Record<Name, Native>;
      for (const [key, declaration] of Object.entries<string>(declarations))
        functions[key as Name] = library.func(declaration) as unknown as Native;
      return { name, functions };
    } catch (error) {
      answers.push(`${name}: ${firstLine(error as Error)}`);
    }
  throw cannot(`open ${whose}'s library`, answers.join("; "));
}

const firstLine = (error: Error) => error.message.split("\n")[0]!;
