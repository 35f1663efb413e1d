/**
 * A table in a card of its own, with its heading, or a sentence when nothing is in it. Wide ones are
 * scrolled inside of it, by keyboard too.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

/** A column's heading; with `right` for numbers, with `unseen` for those who hear the page alone. */
export interface Heading {
  readonly label: string;
  readonly right?: true;
  readonly unseen?: true;
}

/** The column of the rows' buttons. */
export const actions: Heading = { label: "Actions", unseen: true };

interface TableCardProps {
  readonly title: string;
  /** What stands beside the heading. */
  readonly note?: ComponentChildren;
  readonly columns: readonly (Heading | string)[];
  readonly compact?: boolean;
  /** What stands in the table's place when there is no row. */
  readonly empty: ComponentChildren;
  /** What stands between heading and table. */
  readonly above?: ComponentChildren;
  /** The rows. */
  readonly children: readonly ComponentChildren[];
}

export function TableCard(props: TableCardProps) {
  const { title, note, columns, compact = false, empty, above, children } = props;
  const id = useId();
  return (
    <section class="card flush" aria-labelledby={id}>
      <header class="card-head">
        <h2 id={id}>{title}</h2>
        {note && <span class="small muted num">{note}</span>}
      </header>
      {above}
      {children.length === 0
        ? empty && <p class="muted pad">{empty}</p>
        : (
          <div class="scroll" role="group" aria-label={title} tabindex={0}>
            <table class={compact ? "rows compact" : "rows"}>
              <thead>
                <tr>
                  {columns.map((column) => {
                    const { label, right, unseen }: Heading = typeof column === "string"
                      ? { label: column }
                      : column;
                    return (
                      <th key={label} scope="col" class={right ? "right" : ""}>
                        {unseen ? <span class="sr">{label}</span> : label}
                      </th>
                    );
                  })}
                </tr>
              </thead>
              <tbody>{children}</tbody>
            </table>
          </div>
        )}
    </section>
  );
}
