/**
 * Column widths that can be dragged or changed by key, kept in the cookie that the server reads.
 *
 * @module
 */
import { useState } from "preact/hooks";
import {
  boundedWidth,
  type Column,
  columnsCookie,
  columnsMaxAgeSeconds,
  usualWidth,
  widest,
  writeColumns,
} from "./columns.ts";

/** What a column's grip does. */
export interface Resize {
  drag(column: Column, event: PointerEvent): void;
  /** Arrows, with Shift in larger steps; Home and End; Enter as `reset`. Other keys are left alone. */
  press(column: Column, event: KeyboardEvent): void;
  /** Gives the column its usual width. */
  reset(column: Column): void;
}

const [step, largeStep] = [8, 40];

export function useColumnWidths(start: readonly Column[]): [readonly Column[], Resize] {
  const [columns, setColumns] = useState(start);

  const withWidth = ({ id }: Column, width: number) =>
    columns.map((each) => each.id === id ? { ...each, width: boundedWidth(width) } : each);
  const set = (column: Column, width: number) => {
    const changed = withWidth(column, width);
    setColumns(changed);
    keep(changed);
  };

  const resize: Resize = {
    drag(column, event) {
      event.preventDefault();
      event.stopPropagation();
      const from = event.clientX;
      let latest = columns;
      const onMove = (move: PointerEvent) => {
        latest = withWidth(column, column.width + move.clientX - from);
        setColumns(latest);
      };
      const onEnd = () => {
        document.removeEventListener("pointermove", onMove);
        document.removeEventListener("pointerup", onEnd);
        document.removeEventListener("pointercancel", onEnd);
        keep(latest);
      };
      document.addEventListener("pointermove", onMove);
      document.addEventListener("pointerup", onEnd);
      document.addEventListener("pointercancel", onEnd);
    },
    press(column, event) {
      const width = widthAfter(column, event);
      if (width === null) return;
      event.preventDefault();
      event.stopPropagation();
      set(column, width);
    },
    reset: (column) => set(column, usualWidth(column.id)),
  };
  return [columns, resize];
}

function widthAfter({ id, width }: Column, event: KeyboardEvent): number | null {
  const by = event.shiftKey ? largeStep : step;
  switch (event.key) {
    case "ArrowLeft":
      return width - by;
    case "ArrowRight":
      return width + by;
    case "Home":
      return 0;
    case "End":
      return widest;
    case "Enter":
      return usualWidth(id);
    default:
      return null;
  }
}

function keep(columns: readonly Column[]): void {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${columnsCookie}=${writeColumns(columns)}; Path=/dashboard; ` +
    `Max-Age=${columnsMaxAgeSeconds}; SameSite=Lax${secure}`;
}
