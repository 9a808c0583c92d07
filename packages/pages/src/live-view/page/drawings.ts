/** Small drawings without axes. */

/** A line over a light area, starting at 0; `label` is for screen readers. */
export function sparkline(values: readonly number[], label: string): SVGSVGElement {
  const high = Math.max(...values, 1e-9);
  const points = values.map(
    (value, i) => `${across(i, values.length).toFixed(1)},${down(value, 0, high).toFixed(1)}`,
  );
  const shape = `<polygon points="0,${height} ${points.join(" ")} ${width},${height}" fill="var(--before)" opacity="0.35"/><polyline points="${points.join(" ")}" fill="none" stroke="var(--made)" stroke-width="1.6" vector-effect="non-scaling-stroke"/>`;
  return drawing(points.length > 1 ? shape : "", label);
}

/** A dot for each number, in order, from the lowest to the highest. */
export function dots(values: readonly number[], label: string): SVGSVGElement {
  const finite = values.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
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
