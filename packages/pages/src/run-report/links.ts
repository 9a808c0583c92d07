/** Links from the page to files of the working folder. They work until one of the two moves. Works in Node and in the page. */
import { type Html, html } from "../shared/html.ts";

/** Each part of a path, so that no name is read as a scheme, a query or a way out. */
export function encodedPath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

/** A file by its path from the working folder. */
export function fileLink(way: string, path: string): Html {
  return html`<a href="${way}${encodedPath(path)}"><code>${path}</code></a>`;
}
