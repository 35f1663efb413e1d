/**
 * Gives a stored answer in the form that is asked for.
 *
 * @module
 */
import type { FormatName } from "../../../gateway/formats/format.ts";
import { object, parseJson } from "../../../json.ts";
import { UsageFilter } from "../../../gateway/usage_filter.ts";
import { anthropic } from "./anthropic.ts";
import { chat } from "./chat.ts";
import { valuesOf } from "./events.ts";
import { gemini } from "./gemini.ts";
import type { Rendering } from "./rendering.ts";
import { responses } from "./responses.ts";

export type Form = "json" | "sse";

/** Formats whose answers are served in both forms, whichever was stored. */
const renderings: Partial<Record<FormatName, Rendering>> = {
  "openai-chat": chat,
  "openai-responses": responses,
  "anthropic": anthropic,
  "gemini": gemini,
};

/** Whether an answer that came as a stream can be given whole, and the other way round. */
export function servesBothForms(format: FormatName): boolean {
  return Object.hasOwn(renderings, format);
}

/** An answer in one form. */
export interface Rendered {
  readonly form: Form;
  readonly bytes: Uint8Array;
}

export interface Wanted {
  readonly form: Form;
  /** Whether a stream that tells usage only when asked tells it. */
  readonly usage: boolean;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Null when the stored answer cannot be given in this form. */
export function render(format: FormatName, stored: Rendered, wanted: Wanted): Uint8Array | null {
  if (stored.form === wanted.form) {
    const strip = wanted.form === "sse" && !wanted.usage && format === "openai-chat";
    return strip ? withoutUsage(stored.bytes) : stored.bytes;
  }
  const rendering = renderings[format];
  if (!rendering) return null;
  if (wanted.form === "json") {
    const answer = rendering.fold(valuesOf(stored.bytes));
    return answer && encoder.encode(JSON.stringify(answer));
  }
  const answer = object(parseJson(decoder.decode(stored.bytes)));
  return answer && encoder.encode(rendering.stream(answer, { usage: wanted.usage }));
}

function withoutUsage(bytes: Uint8Array): Uint8Array {
  const filter = new UsageFilter();
  const passed = filter.push(bytes);
  const rest = filter.end();
  if (!rest) return passed ?? new Uint8Array();
  if (!passed) return rest;
  const joined = new Uint8Array(passed.length + rest.length);
  joined.set(passed);
  joined.set(rest, passed.length);
  return joined;
}
