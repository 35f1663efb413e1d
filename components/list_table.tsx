/**
 * A table of things that have a page of their own: the first cell is the link, and covers its row.
 *
 * @module
 */
import type { ComponentChildren } from "preact";

export interface ListColumn<Row> {
  readonly label: string;
  readonly right?: boolean;
  /** Left out on a phone. */
  readonly minor?: boolean;
  readonly cell: (row: Row) => ComponentChildren;
}

interface ListTableProps<Row> {
  readonly caption: string;
  readonly rows: readonly Row[];
  readonly columns: readonly ListColumn<Row>[];
  readonly keyOf: (row: Row) => string;
  readonly hrefOf: (row: Row) => string;
}

export function ListTable<Row>({ caption, rows, columns, keyOf, hrefOf }: ListTableProps<Row>) {
  const classOf = ({ right, minor }: ListColumn<Row>) =>
    [right && "right num", minor && "wide-only"].filter(Boolean).join(" ");
  return (
    <section class="card flush" aria-label={caption}>
      <div class="scroll" role="region" aria-label={caption} tabindex={0}>
        <table class="rows list">
          <caption class="sr">{caption}</caption>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column.label} scope="col" class={classOf(column)}>{column.label}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={keyOf(row)}>
                {columns.map((column, place) => (
                  <td key={column.label} class={classOf(column)}>
                    {place === 0
                      ? <a class="row-link" data-row href={hrefOf(row)}>{column.cell(row)}</a>
                      : column.cell(row)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
