/**
 * Which columns are shown: a form, so that it works without script.
 *
 * @module
 */
import { Icon } from "../icon.tsx";
import { type Column, columns } from "./columns.ts";

export function ColumnsMenu({ shown, next }: { shown: readonly Column[]; next: string }) {
  return (
    <>
      <button type="button" class="control" popovertarget="columns-menu">
        <Icon name="columns" />
        <span class="wide-only">Columns</span>
        <span class="sr">, choose columns</span>
      </button>
      <div id="columns-menu" class="menu anchored" popover="auto">
        <form method="post" action="/dashboard/requests/columns" class="check-list">
          <input type="hidden" name="next" value={next} />
          {columns.map(({ id, label }) => (
            <label key={id}>
              <input
                type="checkbox"
                name={id}
                value="on"
                checked={shown.some((column) => column.id === id)}
              />
              {label}
            </label>
          ))}
          <button type="submit" class="button">Show these</button>
        </form>
      </div>
    </>
  );
}
