/** Commands with {names} in them. */
import { cannot, closest } from "braid-engine/executor";

/** Fills `{name}` from `values`; `{{` and `}}` are plain braces. An unknown name is an error that names the nearest. */
export function fillCommand(template: string, values: ReadonlyMap<string, string>): string {
  return template.replaceAll(/\{\{|\}\}|\{([\w.]+)\}/g, (found, name: string | undefined) => {
    if (name === undefined) return found[0]!;
    const value = values.get(name);
    if (value !== undefined) return value;
    const near = closest(name, values.keys());
    throw cannot("fill the command", template, `there is no value for {${name}}`, {
      facts: [["known", [...values.keys()].join(", ")]],
      hint:
        near === undefined
          ? `Give it in the profile: set: { ${name}: ... }. Plain braces are {{ and }}.`
          : `Did you mean {${near}}? Define your own values in the profile under \`set\`.`,
    });
  });
}

/** Whether a command takes `{name}`. */
export function takes(template: string, name: string): boolean {
  return template.replaceAll("{{", "").includes(`{${name}}`);
}
