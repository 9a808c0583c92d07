/** Tables with captions, whose wide ones scroll by themselves, also by keyboard. */
import { type Html, html, type Part } from "../shared/html.ts";

export interface Column<Row> {
  readonly head: string;
  /** Columns of one group stand side by side, under its name. */
  readonly group?: string;
  /** Its cells are numbers: they stand to the right. */
  readonly number?: boolean;
  cell(row: Row): Part;
}

/** `name` is what a reader hears of the part that scrolls; the first column names its row. */
export function table<Row>(
  name: string,
  caption: Part,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): Html {
  const side = ({ number }: Column<Row>) => (number ? html` class="number"` : null);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${name}: table"><table>
<caption><span>${caption}</span></caption>
<thead>${heads(columns, side)}</thead>
<tbody>
${rows.map(
  (row) =>
    html`<tr>${columns.map((column, i) =>
      i === 0
        ? html`<th scope="row"${side(column)}>${column.cell(row)}</th>`
        : html`<td${side(column)}>${column.cell(row)}</td>`,
    )}</tr>\n`,
)}</tbody>
</table></div>`;
}

function heads<Row>(columns: readonly Column<Row>[], side: (column: Column<Row>) => Part): Part {
  const own = (column: Column<Row>) => html`<th scope="col"${side(column)}>${column.head}</th>`;
  if (columns.every(({ group }) => group === undefined)) return html`<tr>${columns.map(own)}</tr>`;
  const upper = columns.map((column, i) => {
    const { group, head } = column;
    if (group === undefined) return html`<th scope="col" rowspan="2"${side(column)}>${head}</th>`;
    if (columns[i - 1]?.group === group) return null;
    const width = columns.filter((other) => other.group === group).length;
    return html`<th scope="colgroup" colspan="${width}" class="number">${group}</th>`;
  });
  return html`<tr>${upper}</tr>\n<tr>${columns.filter(({ group }) => group !== undefined).map(own)}</tr>`;
}

/** Terms with what is said of them; those of which nothing is said are left out. */
export function facts(list: readonly (readonly [term: string, said: Part])[]): Html {
  const said = list.filter(([, part]) => part !== null && part !== "");
  return html`<dl>${said.map(([term, part]) => html`<dt>${term}</dt><dd>${part}</dd>\n`)}</dl>`;
}

export function section(id: string, title: string, content: Part): Html {
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
${content}
</section>
`;
}
