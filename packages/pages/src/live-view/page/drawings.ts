/** Small drawings without axes. */

/**
 * A dot for each number, in order. The scale has 0, unless all of them lie far from it: then it covers twice their
 * spread, so that small differences do not fill the drawing.
 */
export function dots(values: readonly number[], label: string): SVGSVGElement {
  const [low, high] = scaleOf(values.filter(Number.isFinite));
  const marks = values.flatMap((value, i) => {
    if (!Number.isFinite(value)) return [];
    const [x, y] = [(3 + 0.98 * across(i, values.length)).toFixed(1), down(value, low, high).toFixed(1)];
    // A zero-length line with round ends stays round when the drawing is stretched.
    return [`M${x},${y}h0`];
  });
  return drawing(
    `<path d="${marks.join("")}" fill="none" stroke="var(--made)" stroke-width="4" stroke-linecap="round" vector-effect="non-scaling-stroke"/>`,
    label,
  );
}

/** The lowest and the highest value of a scale for these values. */
export function scaleOf(values: readonly number[]): [low: number, high: number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const spread = high - low;
  if (low <= 5 * spread && high >= -5 * spread) return [Math.min(0, low), Math.max(0, high)];
  return [low - spread / 2, high + spread / 2];
}

const [width, height] = [300, 48];

function across(i: number, n: number): number {
  return (i / Math.max(1, n - 1)) * width;
}

function down(value: number, low: number, high: number): number {
  return height - 4 - ((value - low) / (high - low || 1)) * (height - 8);
}

function drawing(marks: string, label: string): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("height", String(height));
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  svg.innerHTML = marks;
  return svg;
}
