/**
 * The columns of the requests' table: which there are, which a viewer chose, and how wide they are. The
 * choice is kept in a cookie, so that the server writes the right table at once and nothing moves.
 *
 * @module
 */

export const columns = [
  { id: "time", label: "Time", width: 112, right: false },
  { id: "status", label: "Status", width: 78, right: false },
  { id: "model", label: "Model", width: 150, right: false },
  { id: "provider", label: "Provider", width: 104, right: false },
  { id: "cost", label: "Cost", width: 100, right: true },
  { id: "latency", label: "Latency", width: 88, right: true },
  { id: "ttft", label: "First token", width: 92, right: true },
  { id: "input", label: "In", width: 64, right: true },
  { id: "output", label: "Out", width: 64, right: true },
  { id: "cached", label: "Cached in", width: 84, right: true },
  { id: "reasoning", label: "Reasoning", width: 88, right: true },
  { id: "cache", label: "Cache", width: 92, right: false },
  { id: "user", label: "User", width: 96, right: false },
  { id: "session", label: "Session", width: 120, right: false },
  { id: "trace", label: "Trace", width: 120, right: false },
  { id: "properties", label: "Properties", width: 200, right: false },
  { id: "preview", label: "Preview", width: 320, right: false },
] as const;

export type ColumnId = (typeof columns)[number]["id"];

export interface Column {
  readonly id: ColumnId;
  readonly label: string;
  readonly width: number;
  readonly right: boolean;
}

const usual: readonly ColumnId[] = [
  "time",
  "status",
  "model",
  "cost",
  "latency",
  "input",
  "output",
  "cache",
  "user",
  "preview",
];

export const columnsCookie = "wl_columns";
export const columnsMaxAgeSeconds = 31_536_000;

export const [narrowest, widest] = [48, 900];

export function boundedWidth(width: number): number {
  return Math.max(narrowest, Math.min(widest, width));
}

export function usualWidth(id: ColumnId): number {
  return columns.find((column) => column.id === id)?.width ?? narrowest;
}

/**
 * The columns that a cookie names, in the table's order, with the widths that it gives.
 *
 * @example
 * ```ts
 * import { readColumns } from "@/components/requests/columns.ts";
 * import { expect } from "expect";
 *
 * const [time, model] = readColumns("model.300~time~nonsense");
 * expect([time?.id, time?.width, model?.id, model?.width]).toEqual(["time", 112, "model", 300]);
 * ```
 */
export function readColumns(cookie: string | undefined): readonly Column[] {
  const chosen = new Map(
    (cookie ?? "").split("~").map((part) => {
      const [id = "", width] = part.split(".");
      return [id, Number(width)] as const;
    }),
  );
  const known = columns.filter(({ id }) => chosen.has(id));
  const shown: readonly Column[] = known.length > 0
    ? known
    : columns.filter(({ id }) => usual.includes(id));
  return shown.map((column) => ({
    ...column,
    width: widthOf(chosen.get(column.id), column.width),
  }));
}

export function writeColumns(shown: readonly Pick<Column, "id" | "width">[]): string {
  return shown.map(({ id, width }) => `${id}.${Math.round(width)}`).join("~");
}

function widthOf(asked: number | undefined, usual: number): number {
  return asked && asked >= narrowest && asked <= widest ? Math.round(asked) : usual;
}
