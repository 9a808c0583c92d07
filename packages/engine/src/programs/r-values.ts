/**
 * Writes values as R source that evaluates to exactly these values. R's own limits shape it: numbers are written in base
 * 16, because R rounds decimals; text is ASCII, because R may run in any locale; and every list has a statement of its
 * own, because R's parser nests no deeper than 50.
 */
import { cannot } from "../errors.ts";

/** Statements, and the expressions that use their values. */
export class RSource {
  readonly statements: string[] = [];

  /** The expression of a value. `name` is what an error calls it. */
  of(value: unknown, name: string): string {
    if (typeof value === "string") return text(value, name);
    if (typeof value === "number") return number(value);
    if (typeof value === "boolean") return value ? "TRUE" : "FALSE";
    // R's numbers hold no larger integer exactly.
    if (typeof value === "bigint") {
      const rounded = Number(value);
      return Number.isSafeInteger(rounded) ? number(rounded) : text(String(value), name);
    }
    if (typeof value !== "object" || value === null) return "NULL";
    if (value instanceof Date)
      return Number.isNaN(value.getTime()) ? "NULL" : text(value.toISOString(), name);
    if (value instanceof URL || value instanceof RegExp) return text(String(value), name);
    return this.#assign(this.#compound(value, name));
  }

  #compound(value: object, name: string): string {
    if (Array.isArray(value) || value instanceof Set || ArrayBuffer.isView(value)) {
      const items = [...(value as Iterable<unknown>)].map((item, i) => this.of(item, `${name}[${i}]`));
      return `${isVector(value as Iterable<unknown>) ? "c" : "list"}(${items.join(",\n")})`;
    }
    const entries = value instanceof Map ? [...value] : Object.entries(value);
    const present = entries.filter(([, item]) => item !== undefined);
    const items = present.map(([key, item]) => this.of(item, `${name}.${key}`));
    const names = present.map(([key]) => text(String(key), `a name in ${name}`));
    return `.braid$record(${[`c(${names.join(",\n")})`, ...items].join(",\n")})`;
  }

  #assign(expression: string): string {
    const name = `v${this.statements.length + 1}`;
    this.statements.push(`${name} <- ${expression}`);
    return name;
  }
}

/** True if R's vectors, which hold values of one kind, can hold these values. */
function isVector(values: Iterable<unknown>): boolean {
  const kinds = new Set<string>();
  for (const value of values)
    kinds.add(
      typeof value === "bigint" ? (Number.isSafeInteger(Number(value)) ? "number" : "string") : typeof value,
    );
  const [kind = ""] = kinds;
  return kinds.size === 1 && ["number", "string", "boolean"].includes(kind);
}

function number(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "Inf" : "-Inf";
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  if (Number.isSafeInteger(value)) return `${sign}${Math.abs(value)}`;
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, Math.abs(value));
  const all = bits.getBigUint64(0);
  const exponent = Number(all >> 52n);
  const fraction = (all & 0xf_ffff_ffff_ffffn).toString(16).padStart(13, "0");
  // Subnormal numbers have the exponent 0 and no leading one.
  return exponent === 0 ? `${sign}0x0.${fraction}p-1022` : `${sign}0x1.${fraction}p${exponent - 1023}`;
}

/** Characters of a literal: R's parser fails on long ones with escapes. */
const longest = 400;

function text(value: string, name: string): string {
  if (value.includes("\0"))
    throw cannot("pass to R", name, "it contains the character NUL, which no text of R can contain");
  if (!value.isWellFormed())
    throw cannot("pass to R", name, "it contains half of a UTF-16 surrogate pair, which is not a character");
  if (/^[ !#-[\]-~]*$/.test(value)) return `"${value}"`;
  const characters = [...value];
  const parts = Array.from({ length: Math.ceil(characters.length / longest) }, (_, i) => {
    const part = characters.slice(i * longest, (i + 1) * longest);
    return `"${part.map(escaped).join("")}"`;
  });
  return parts.length === 1 ? parts[0]! : `paste0(${parts.join(",\n")})`;
}

function escaped(character: string): string {
  if (character === '"' || character === "\\") return `\\${character}`;
  if (/^[ -~]$/.test(character)) return character;
  return `\\U{${character.codePointAt(0)!.toString(16)}}`;
}
