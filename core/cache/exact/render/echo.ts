/**
 * What answers of the Responses API repeat of their request although no key holds it: whose call it is.
 * A stored answer is given with what its new caller said, not with another's.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { FormatName } from "../../../gateway/formats/format.ts";
import { fields, type JsonObject, object, parseJson } from "../../../json.ts";
import { canonicalJson } from "../../canonical_json.ts";
import type { Form } from "./render.ts";

/** With what stands in the answer for a request that does not say it. */
const repeated: Readonly<Record<string, unknown>> = {
  metadata: {},
  user: null,
  safety_identifier: null,
  prompt_cache_key: null,
};

/** What a request says that its answer repeats; null for nothing, and for formats that repeat nothing. */
export function echoOf(format: FormatName, body: unknown): JsonObject | null {
  if (format !== "openai-responses") return null;
  const said = Object.entries(fields(body))
    .filter(([name, value]) => Object.hasOwn(repeated, name) && value !== null);
  return said.length === 0 ? null : Object.fromEntries(said);
}

/** Undefined for nothing. */
export function echoHash(said: JsonObject | null): string | undefined {
  return said ? createHash("sha256").update(canonicalJson(said)).digest("hex") : undefined;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** An answer with what its caller said; the same bytes when it says that already. */
export function withEcho(bytes: Uint8Array, form: Form, said: JsonObject | null): Uint8Array {
  const text = decoder.decode(bytes);
  const told = form === "json" ? answerWith(text, said) : streamWith(text, said);
  return told === text ? bytes : encoder.encode(told);
}

function answerWith(text: string, said: JsonObject | null): string {
  const answer = object(parseJson(text));
  const told = answer && responseWith(answer, said);
  return told ? JSON.stringify(told) : text;
}

/** A stream's first events and its last one bring the response. */
function streamWith(text: string, said: JsonObject | null): string {
  return text.replaceAll(
    /^(data: ?)(\{.*"response":.*)$/gm,
    (line, start: string, data: string) => {
      const event = object(parseJson(data));
      const response = event && object(event.response);
      const told = response && responseWith(response, said);
      return told ? start + JSON.stringify({ ...event, response: told }) : line;
    },
  );
}

/** Null when the response says it already. */
function responseWith(response: JsonObject, said: JsonObject | null): JsonObject | null {
  const wrong = Object.keys(repeated).filter((name) =>
    Object.hasOwn(response, name) &&
    canonicalJson(response[name] ?? repeated[name]) !== canonicalJson(ownOf(name, said))
  );
  if (wrong.length === 0) return null;
  return { ...response, ...Object.fromEntries(wrong.map((name) => [name, ownOf(name, said)])) };
}

function ownOf(name: string, said: JsonObject | null): unknown {
  return said && Object.hasOwn(said, name) ? said[name] : repeated[name];
}
