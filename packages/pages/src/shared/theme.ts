/** Whether the reader's screen is light or dark. */
const darkMode = matchMedia("(prefers-color-scheme: dark)");

export function isDark(): boolean {
  return darkMode.matches;
}

export function onThemeChange(listener: () => void): void {
  darkMode.addEventListener("change", listener);
}
