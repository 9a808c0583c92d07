/** What a column is, by its name: the variable and, where the name says it, the unit. "Abfluss [m³/s]", "Q_cfs", "temp F". */
import { type Kind, kinds, readUnit, type Unit } from "../../units/kinds.ts";
import {
  archiveColumn,
  codeName,
  isTemperature,
  precipitationNamed,
  type Target,
  targetNamed,
  targets,
} from "./targets.ts";

/** What a name says. */
export interface Recognised {
  /** "temperature" may be that of the air or of the water. */
  readonly target: Target | "temperature";
  /** Null if the name says none, or one that is not known: then `unitText` has it. */
  readonly unit: Unit | null;
  readonly unitText: string | null;
}

/** What a column's name says; `unitBelow` is its field in a line of units. Null for a name that says nothing known. */
export function recognise(name: string, unitBelow = ""): Recognised | null {
  const own = targets.find((target) => target.name === name);
  if (own !== undefined) return { target: own, unit: own.kind?.units[0] ?? null, unitText: null };
  const archived = archiveColumn(name);
  if (archived !== null) return { ...archived, unitText: null };
  const [, start, inside, after = ""] = /^(.*?)\s*[[(<]([^\])>]*)[\])>]\s*(.*)$/.exec(name) ?? [];
  if (start !== undefined) {
    const found = withUnit(`${start} ${after}`.trim(), inside!.trim());
    if (found !== null) return found;
  }
  if (unitBelow !== "") {
    const found = withUnit(name, unitBelow);
    if (found !== null) return found;
  }
  // The longest name before a unit wins: "temp max F", not "temp" in "max F".
  for (const [before, unitText] of endingsOf(name)) {
    const found = named(before, unitText);
    const unit = found === null ? null : readUnit(unitText, kindOf(found));
    if (found !== null && unit !== null) return { target: found, unit, unitText };
  }
  const found = named(name);
  return found === null ? null : { target: found, unit: null, unitText: null };
}

/** Whether a column holds an observed variable or a driver, by its name. */
export function isVariable(name: string): boolean {
  const target = codeName(name) === null ? recognise(name)?.target : undefined;
  return target === "temperature" || (target?.kind != null && target.role !== "attribute");
}

/** The unit of a kind in a name that may say nothing else that is known, or in the line of units below it. */
export function unitIn(name: string, kind: Kind, unitBelow = ""): Unit | null {
  const said = recognise(name, unitBelow);
  if (said?.unit) {
    const unit = readUnit(said.unit.symbol, kind);
    if (unit !== null) return unit;
  }
  const inside = /[[(<]([^\])>]*)[\])>]/.exec(name)?.[1] ?? "";
  return (
    [inside, unitBelow, ...endingsOf(name).map(([, ending]) => ending)]
      .map((text) => readUnit(text, kind))
      .find((unit) => unit !== null) ?? null
  );
}

/** A name cut at each sign between words, the longest beginning first. */
function endingsOf(name: string): (readonly [before: string, ending: string])[] {
  const cuts = [...name.matchAll(/[\s_.,;:-]/g)].map(({ index }) => index).filter((at) => at > 0);
  return cuts.toReversed().map((at) => [name.slice(0, at), name.slice(at + 1).replace(/^in /, "")] as const);
}

function withUnit(name: string, unitText: string): Recognised | null {
  const target = named(name, unitText);
  if (target === null) return null;
  return { target, unit: readUnit(unitText, kindOf(target)), unitText: unitText === "" ? null : unitText };
}

function named(name: string, unitText = ""): Target | "temperature" | null {
  return targetNamed(name) ?? (isTemperature(name) ? "temperature" : precipitationNamed(name, unitText));
}

const noKind: Kind = { words: "text", units: [] };

function kindOf(target: Target | "temperature"): Kind {
  return target === "temperature" ? kinds.airTemperature : (target.kind ?? noKind);
}
