/**
 * The short text fields of a multipart form, read from its bytes: audio and pictures come in forms, and
 * the model's name is one of the fields. Files are passed over.
 *
 * @module
 */
import { Buffer } from "node:buffer";

const mostFields = 100;
const longestField = 1_024;
const decoder = new TextDecoder();

/**
 * Null when the type is no form's. The first value of a name counts.
 *
 * @example
 * ```ts
 * import { formFields } from "@/core/gateway/form_fields.ts";
 * import { expect } from "expect";
 *
 * const form = new FormData();
 * form.set("file", new Blob(["…"]), "speech.mp3");
 * form.set("model", "whisper-1");
 * const sent = new Response(form);
 * const bytes = new Uint8Array(await sent.clone().arrayBuffer());
 * expect(formFields(bytes, sent.headers.get("content-type"))).toEqual({ model: "whisper-1" });
 * ```
 */
export function formFields(
  body: Uint8Array,
  contentType: string | null,
): Readonly<Record<string, string>> | null {
  const [, quoted, plain] =
    /^multipart\/form-data\s*;(?:.*;)?\s*boundary=(?:"([^"]{1,200})"|([^\s;,"]{1,200}))/i.exec(
      contentType ?? "",
    ) ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) return null;
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const delimiter = Buffer.from(`--${boundary}`);
  const fields = new Map<string, string>();
  let at = bytes.indexOf(delimiter);
  for (let parts = 0; at !== -1 && parts < mostFields; parts++) {
    const start = at + delimiter.length;
    at = bytes.indexOf(delimiter, start);
    if (at === -1) break;
    const field = fieldOf(bytes.subarray(start, at));
    if (field && !fields.has(field.name)) fields.set(field.name, field.value);
  }
  return Object.fromEntries(fields);
}

/** A part between two delimiters; null for a file, and for what is too long to be of interest. */
function fieldOf(part: Buffer): { readonly name: string; readonly value: string } | null {
  const headEnd = part.subarray(0, 2_048).indexOf("\r\n\r\n");
  if (headEnd === -1 || part.length - headEnd > longestField) return null;
  const head = decoder.decode(part.subarray(0, headEnd));
  const disposition = /content-disposition:([^\r\n]*)/i.exec(head)?.[1] ?? "";
  if (/;\s*filename\*?=/i.test(disposition)) return null;
  const name = /;\s*name="?([^";]+)"?/i.exec(disposition)?.[1];
  // The line end before the next delimiter belongs to the delimiter.
  return name ? { name, value: decoder.decode(part.subarray(headEnd + 4, -2)) } : null;
}
