/**
 * The place between two rows of a list: where a page ended. It names the last row instead of counting
 * rows, so pages neither repeat nor skip any while new ones arrive.
 *
 * @module
 */
import { z } from "zod";

const cursorSchema = z.tuple([
  z.enum(["asc", "desc"]),
  z.iso.datetime({ precision: 3 }),
  z.string().max(256),
]);

export interface Cursor {
  readonly order: "asc" | "desc";
  readonly timestamp: string;
  readonly eventId: string;
}

/** Opaque to clients; it holds nothing that the row before it did not show. */
export function writeCursor({ order, timestamp, eventId }: Cursor): string {
  const bytes = new TextEncoder().encode(JSON.stringify([order, timestamp, eventId]));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Null when the text was not made by `writeCursor()`. */
export function readCursor(text: string): Cursor | null {
  if (!/^[A-Za-z0-9_-]{1,1200}$/.test(text)) return null;
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
    const decoded = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    const read = cursorSchema.safeParse(JSON.parse(decoded));
    if (!read.success) return null;
    const [order, timestamp, eventId] = read.data;
    return { order, timestamp, eventId };
  } catch {
    return null;
  }
}
