/**
 * The requests' table. Each row's time is a link to its call, which covers the row; with script it opens
 * the side panel instead.
 *
 * @module
 */
import type { ListRow } from "@/core/analytics/types.ts";
import { drillDown, pathPart } from "../page_url.ts";
import type { Zone } from "../zone.ts";
import { Cell } from "./cells.tsx";
import { type Column, narrowest, widest } from "./columns.ts";
import type { Resize } from "./use_column_widths.ts";

interface RequestTableProps {
  readonly rows: readonly ListRow[];
  readonly columns: readonly Column[];
  readonly url: URL;
  readonly zone: Zone;
  /** ISO UTC: times of its day are written without the day. */
  readonly now: string;
  /** The call in the side panel. */
  readonly open: string | null;
  readonly onOpen?: (eventId: string) => void;
  readonly resize?: Resize;
}

/** Room that the last column has at least; it takes what is left over. */
const leastOfLast = 168;

function widthOf(columns: readonly Column[]): number {
  return columns.slice(0, -1).reduce((sum, { width }) => sum + width, leastOfLast);
}

export function callHref(url: URL, eventId: string): string {
  return drillDown(`/dashboard/requests/${pathPart(eventId)}`, url, {});
}

export function RequestTable(props: RequestTableProps) {
  const { rows, columns, url, zone, now, open, onOpen, resize } = props;
  return (
    <table class="rows requests" width={String(widthOf(columns))}>
      <caption class="sr">Requests, newest first</caption>
      <colgroup>
        {columns.map(({ id, width }) => (
          <col
            key={id}
            class={`col-${id}`}
            {...(id !== columns.at(-1)?.id && { width: String(width) })}
          />
        ))}
      </colgroup>
      <thead>
        <tr>
          {columns.map((column) => (
            <th
              key={column.id}
              scope="col"
              class={`col-${column.id} ${column.right ? "right" : ""}`}
              aria-label={column.label}
            >
              {column.label}
              {resize && column.id !== columns.at(-1)?.id && (
                <Grip column={column} resize={resize} />
              )}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.event_id} {...(row.event_id === open && { "data-open": "" })}>
            {columns.map(({ id, right }, place) => (
              <td key={id} class={right ? "right num" : ""}>
                {place === 0
                  ? (
                    <a
                      class="row-link"
                      data-row
                      href={callHref(url, row.event_id)}
                      onClick={(event) => {
                        if (!onOpen || event.ctrlKey || event.metaKey || event.shiftKey) return;
                        event.preventDefault();
                        onOpen(row.event_id);
                      }}
                    >
                      <Cell column={id} row={row} zone={zone} now={now} />
                    </a>
                  )
                  : <Cell column={id} row={row} zone={zone} now={now} />}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Where a column's width is dragged, or changed by arrow keys. */
function Grip({ column, resize }: { readonly column: Column; readonly resize: Resize }) {
  return (
    <span
      class="grip"
      role="separator"
      tabindex={0}
      aria-orientation="vertical"
      aria-label={`Width of ${column.label}`}
      aria-valuenow={Math.round(column.width)}
      aria-valuemin={narrowest}
      aria-valuemax={widest}
      aria-valuetext={`${Math.round(column.width)} pixels`}
      title="Drag, or use the arrow keys; double-click for the usual width"
      onPointerDown={(event) => resize.drag(column, event)}
      onKeyDown={(event) => resize.press(column, event)}
      onDblClick={() => resize.reset(column)}
    />
  );
}
