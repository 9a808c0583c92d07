/** The colours that all pages share, on light and on dark ground. */
export const colours = {
  light: {
    ground: "#fff",
    panel: "#f5f7f8",
    text: "#1c2126",
    faint: "#5b656d",
    line: "#d6dce0",
    link: "#00588c",
  },
  dark: {
    ground: "#14171a",
    panel: "#1d2125",
    text: "#e4e7ea",
    faint: "#9aa3ab",
    line: "#363c42",
    link: "#7cc4f2",
  },
} as const;
