/** Loads a script beside the page: the only way that a page opened from disk may read other files. */
import { element } from "./elements.ts";

/** Resolves when the script has run; rejects if the file is missing. */
export function loadScript(file: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = element("script", { src: file });
    script.addEventListener("load", () => {
      script.remove();
      resolve();
    });
    script.addEventListener("error", () => reject(new Error(`${file} is not beside the page`)));
    document.head.append(script);
  });
}
