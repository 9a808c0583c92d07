/** The files that the targets ask for, with tables and images that are small enough to be shown. */
import { count, fileSize, moment, withCommas } from "braid-engine/quantities";
import { type Html, html } from "../../shared/html.ts";
import { fileLink } from "../links.ts";
import { isNumber, isShowable, limits, type Preview } from "../preview.ts";
import type { RunReport } from "../run-report.ts";
import { section, table } from "../table.ts";
import type { TargetFile } from "../target-files.ts";

/** The outputs that the workflow marks with `report`, with their captions. */
export function shownSection({ shown }: RunReport, way: string): Html | null {
  if (shown.length === 0) return null;
  const isOnlyOne = shown.length === 1 && shown[0]!.name === null;
  return section(
    "shown",
    "What the workflow shows",
    shown.map(({ name, count: outputs, outputs: first }) => {
      const rest = outputs - first.length;
      return html`${isOnlyOne ? null : html`<h3>${name ?? "Other"}</h3>\n`}<div class="shown">${first.map(
        (output) =>
          html`<figure>${output.preview === null ? null : previewed(output.path, output.preview, output.caption)}<figcaption><strong>${output.caption}</strong><br>${output.stands === null ? html`<code>${output.path}</code> is <span class="warn">missing</span>` : html`${fileLink(way, output.path)}, ${size(output.stands)}`}; made by ${output.rule}</figcaption></figure>\n`,
      )}</div>
${rest > 0 ? html`<p class="legend">And ${count(rest, "more file")}; search for them under "All jobs".</p>\n` : null}`;
    }),
  );
}

export function outputsSection({ targets }: RunReport, way: string): Html | null {
  const { count: files, missing, bytes, shown } = targets;
  if (files === 0) return null;
  const rest = files - shown.length;
  const caption = [
    `${count(files, "file")} asked for, ${fileSize(bytes)}`,
    missing === 0 ? "" : `, ${withCommas(missing)} missing`,
    ". Paths are those of the working folder.",
    rest > 0 ? ` The first ${shown.length} are listed.` : "",
  ].join("");
  const small = shown.filter(({ preview }) => preview !== null);
  const couldShow = shown.some(({ path, stands }) => stands !== null && isShowable(path));
  return section(
    "outputs",
    "Outputs",
    html`${table<TargetFile>(
      "Outputs",
      caption,
      [
        {
          head: "File",
          cell: ({ path, stands }) => (stands === null ? html`<code>${path}</code>` : fileLink(way, path)),
        },
        { head: "Size", number: true, cell: ({ stands }) => size(stands) },
        { head: "Written", cell: ({ stands }) => (stands === null ? "" : moment(stands.mtime)) },
      ],
      shown,
    )}
${small.map(({ path, preview }) => html`<h3><code>${path}</code></h3>\n${previewed(path, preview!)}`)}${couldShow ? html`<p class="legend">${shownWords}</p>` : null}`,
  );
}

const shownWords = `Shown are images (PNG, SVG, JPEG) of up to ${fileSize(limits.image)} each and ${fileSize(limits.images)} in all, and the first ${limits.rows} rows of up to ${limits.tables} tables (CSV, TSV).`;

function size(stands: TargetFile["stands"]): Html | string {
  if (stands === null) return html`<span class="warn">missing</span>`;
  return stands.entries === null ? fileSize(stands.size) : `folder of ${withCommas(stands.entries)}`;
}

/** `alternative` says what an image shows. */
function previewed(path: string, preview: Preview, alternative = `The image ${path}`): Html {
  if (preview.kind === "image")
    return html`<div class="preview"><img src="data:${preview.type};base64,${preview.base64}" alt="${alternative}"></div>\n`;
  const { columns, rows, moreRows, moreColumns } = preview;
  const width = Math.max(columns?.length ?? 0, ...rows.map((row) => row.length));
  const sides = Array.from({ length: width }, (_, i) =>
    rows.every((row) => isNumber(row[i] || "0")) ? html` class="number"` : null,
  );
  const more = [
    ...(moreRows ? [`the first ${count(rows.length, "row")}`] : []),
    ...(moreColumns > 0 ? [`${count(moreColumns, "more column")} not shown`] : []),
  ].join(", ");
  return html`<div class="preview" tabindex="0" role="region" aria-label="The table ${path}"><table>
<caption>${more === "" ? count(rows.length, "row") : more}</caption>
${columns === null ? null : html`<thead><tr>${sides.map((side, i) => html`<th scope="col"${side}>${columns[i] ?? ""}</th>`)}</tr></thead>\n`}<tbody>
${rows.map((row) => html`<tr>${sides.map((side, i) => html`<td${side}>${row[i] ?? ""}</td>`)}</tr>\n`)}</tbody>
</table></div>
`;
}
