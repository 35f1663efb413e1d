/**
 * Column widths that can be dragged, kept in the cookie that the server reads.
 *
 * @module
 */
import { useState } from "preact/hooks";
import { type Column, columnsCookie, columnsMaxAgeSeconds, writeColumns } from "./columns.ts";

type Resize = (column: Column, event: PointerEvent) => void;

export function useColumnWidths(start: readonly Column[]): [readonly Column[], Resize] {
  const [columns, setColumns] = useState(start);

  const resize: Resize = (column, event) => {
    event.preventDefault();
    event.stopPropagation();
    const from = event.clientX;
    let latest = columns;
    const onMove = (move: PointerEvent) => {
      const width = Math.max(48, Math.min(900, column.width + move.clientX - from));
      latest = columns.map((each) => each.id === column.id ? { ...each, width } : each);
      setColumns(latest);
    };
    const onUp = () => {
      document.removeEventListener("pointermove", onMove);
      document.removeEventListener("pointerup", onUp);
      keep(latest);
    };
    document.addEventListener("pointermove", onMove);
    document.addEventListener("pointerup", onUp);
  };
  return [columns, resize];
}

function keep(columns: readonly Column[]): void {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${columnsCookie}=${writeColumns(columns)}; Path=/dashboard; ` +
    `Max-Age=${columnsMaxAgeSeconds}; SameSite=Lax${secure}`;
}
