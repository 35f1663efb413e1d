/**
 * Rows as CSV (RFC 4180). Text that a spreadsheet would run as a formula is made plain text first: it
 * comes from whoever may call the gateway.
 *
 * @module
 */
import type { LogRow } from "./types.ts";

const columns = [
  "event_id",
  "type",
  "timestamp",
  "provider",
  "model",
  "status",
  "status_code",
  "stream",
  "cache",
  "tokens_input",
  "tokens_output",
  "tokens_cache_read",
  "tokens_cache_write",
  "tokens_reasoning",
  "cost_usd",
  "price_source",
  "latency_ms",
  "ttft_ms",
  "user_id",
  "session_id",
  "trace_id",
  "span_id",
  "properties",
] as const satisfies readonly (keyof LogRow)[];

/** The first line, with its line break. */
export const csvHeader = `${columns.join(",")}\r\n`;

/**
 * One row, with its line break. Null is an empty field, properties are JSON.
 */
export function csvLine(row: LogRow): string {
  return `${columns.map((column) => field(row[column])).join(",")}\r\n`;
}

/**
 * One field. Numbers and booleans stand as they are; text that begins like a formula gets a `'` in front,
 * as spreadsheets themselves mark text.
 */
function field(value: LogRow[keyof LogRow]): string {
  if (value === null) return "";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const plain = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
