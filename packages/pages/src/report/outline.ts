/**
 * The borders of the United States as lines, for the map; from the Census Bureau's boundaries by way of
 * the us-atlas package. Thinned to what a small map can show.
 */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

/** Lines of [longitude, latitude] in degrees. */
export type Outline = readonly (readonly (readonly [number, number])[])[];

/** Degrees: a bend smaller than this cannot be seen. */
const finest = 0.12;

/** The borders of the states, if all of the places lie in or near the contiguous ones; else null. */
export async function outlineAround(
  places: readonly { readonly latitude: number | null; readonly longitude: number | null }[],
): Promise<Outline | null> {
  const inside = places.every(
    ({ latitude: y, longitude: x }) => y === null || x === null || (x > -126 && x < -65 && y > 24 && y < 50),
  );
  if (!inside || places.length === 0) return null;
  const { mesh } = await import("topojson-client");
  const file = createRequire(import.meta.url).resolve("us-atlas/states-10m.json");
  const topology = JSON.parse(await readFile(file, "utf8"));
  const lines = mesh(topology, topology.objects.states).coordinates as [number, number][][];
  return lines
    .filter((line) => line.every(([x, y]) => x > -126 && x < -65 && y > 24 && y < 50))
    .map(thin)
    .filter((line) => line.length > 2);
}

function thin(line: readonly [number, number][]): [number, number][] {
  let last: [number, number] | undefined;
  return line.flatMap(([x, y], i): [number, number][] => {
    const far = last === undefined || Math.hypot(x - last[0], y - last[1]) > finest;
    if (!far && i < line.length - 1) return [];
    last = [x, y];
    return [[Number(x.toFixed(2)), Number(y.toFixed(2))]];
  });
}
