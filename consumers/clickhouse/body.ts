/**
 * A payload as `event_bodies` keeps it: as text where it is text, with its words taken out.
 *
 * @module
 */
import type { PayloadRef } from "@/core/event/event.ts";
import { Buffer } from "node:buffer";
import type { ReadPayload } from "../projection.ts";
import { parseBody, type Parsed } from "./words.ts";

export interface Body {
  readonly text: string | null;
  readonly encoding: "json" | "text" | "base64";
  readonly parsed: Parsed;
  readonly ref: PayloadRef | null;
}

export const noBody: Body = { text: null, encoding: "text", parsed: null, ref: null };

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Whether the bytes stand beside the event and have to be read first. */
export function isBeside(ref: PayloadRef | undefined): boolean {
  return ref?.stored.as === "chunks";
}

/** The body of a payload that is kept inside its event. */
export function bodyInside(ref: PayloadRef | undefined): Body {
  if (!ref) return noBody;
  const { stored } = ref;
  if (stored.as === "text") return textBody(ref, stored.text);
  if (stored.as === "base64") return binaryBody(ref, stored.data);
  if (stored.as === "removed") return { ...noBody, ref };
  throw new TypeError("This payload is not kept inside its event");
}

/** The body of a payload wherever it is kept. */
export async function bodyOf(
  name: string,
  ref: PayloadRef | undefined,
  payload: ReadPayload,
): Promise<Body> {
  if (!ref || !isBeside(ref)) return bodyInside(ref);
  const bytes = await payload(name);
  if (bytes === null) return noBody;
  try {
    return textBody(ref, utf8.decode(bytes));
  } catch {
    return binaryBody(ref, Buffer.from(bytes).toString("base64"));
  }
}

function textBody(ref: PayloadRef, stored: string): Body {
  // An event may hold what no UTF-8 can: half of a pair, written as an escape.
  const text = stored.toWellFormed();
  const isText = ref.content_type === "text/plain";
  // Plain text is all words; what others recorded is often no more than that.
  const parsed = parseBody(text) ?? (isText ? { json: { content: text } } : null);
  const isJson = parsed !== null && !isText && /^[\s{[]/.test(text);
  return { text, encoding: isJson ? "json" : "text", parsed, ref };
}

function binaryBody(ref: PayloadRef, base64: string): Body {
  return { text: base64, encoding: "base64", parsed: null, ref };
}
