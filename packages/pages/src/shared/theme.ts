/** Whether the page is shown light or dark: on paper it is light, whatever the reader's screen. */
const darkMode = matchMedia("(prefers-color-scheme: dark)");
const paper = matchMedia("print");

export function isDark(): boolean {
  return darkMode.matches && !paper.matches;
}

export function onThemeChange(listener: () => void): void {
  darkMode.addEventListener("change", listener);
  paper.addEventListener("change", listener);
}
