/** Colours that the colour-blind can tell apart, on light and on dark ground (Okabe and Ito; viridis for order). */
import { colours } from "../../shared/colours.ts";
import { isDark } from "../../shared/theme.ts";

export interface Palette {
  readonly dark: boolean;
  readonly ground: string;
  readonly panel: string;
  readonly text: string;
  readonly faint: string;
  readonly observed: string;
  readonly primary: string;
  /** Of single-task learning. */
  readonly single: string;
  readonly better: string;
  readonly worse: string;
  readonly same: string;
}

const ordered = {
  light: ["#440154", "#46327e", "#365c8d", "#277f8e", "#1fa187", "#4ac16d", "#86b81f"],
  dark: ["#6a5acd", "#4f7fd0", "#35a0c0", "#1fb59a", "#4ac16d", "#a0da39", "#fde725"],
};

export function palette(): Palette {
  const { ground, panel, text, faint } = isDark() ? colours.dark : colours.light;
  return isDark()
    ? {
        dark: true,
        ...{ ground, panel, text, faint, observed: text },
        primary: "#56b4e9",
        single: "#e69f00",
        better: "#56b4e9",
        worse: "#e69f00",
        same: "#69737b",
      }
    : {
        dark: false,
        ...{ ground, panel, text, faint, observed: text },
        primary: "#0072b2",
        single: "#d55e00",
        better: "#0072b2",
        worse: "#d55e00",
        same: "#838d95",
      };
}

/** One colour per factor: grey for 0, then in order of size. */
export function factorColours(factors: readonly number[]): string[] {
  const steps = isDark() ? ordered.dark : ordered.light;
  const above = factors.filter((factor) => factor !== 0).sort((a, b) => a - b);
  return factors.map((factor) => {
    if (factor === 0) return isDark() ? "#9aa3ab" : "#7d868e";
    const place = above.length < 2 ? 0.5 : above.indexOf(factor) / (above.length - 1);
    return mixed(steps, place);
  });
}

function mixed(steps: readonly string[], place: number): string {
  const at = place * (steps.length - 1);
  const [a, b] = [steps[Math.floor(at)]!, steps[Math.ceil(at)]!].map((hex) =>
    [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16)),
  ) as [number[], number[]];
  const channels = a.map((value, i) => Math.round(value + (b[i]! - value) * (at % 1)));
  return `#${channels.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}
