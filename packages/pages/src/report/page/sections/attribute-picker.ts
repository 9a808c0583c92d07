/** The choice of an attribute of the sites, the same wherever it stands. */
import { select } from "../../../shared/elements.ts";
import { attributesOf } from "../choice.ts";
import { propertyLabel } from "../names.ts";
import type { Context } from "./context.ts";

/** Null if the sites have no attributes. */
export function attributePicker({ report, choices }: Context): HTMLElement | null {
  const names = attributesOf(report);
  if (names.length === 0) return null;
  const made = select(
    "Attribute",
    names.map((name) => [name, propertyLabel(name)] as const),
    choices.now.property,
    (property) => choices.set({ property, least: "", most: "" }),
  );
  choices.onChange((keys) => {
    if (keys.has("property")) made.querySelector("select")!.value = choices.now.property;
  });
  return made;
}
