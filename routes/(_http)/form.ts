/**
 * Small forms: text fields, at most 16 KiB together.
 *
 * @module
 */
import { HttpError } from "fresh";

const maxBytes = 16 * 1024;

/** The text fields of a form post, urlencoded or multipart. */
export async function readForm(request: Request): Promise<ReadonlyMap<string, string>> {
  const bytes = await readAtMost(request, maxBytes);
  const type = request.headers.get("content-type") ?? "";
  try {
    const form = await new Response(bytes, { headers: { "content-type": type } }).formData();
    const fields = new Map<string, string>();
    for (const [name, value] of form) if (typeof value === "string") fields.set(name, value);
    return fields;
  } catch (error) {
    throw new HttpError(400, "The form could not be read.", { cause: error });
  }
}

async function readAtMost(request: Request, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of request.body ?? []) {
    length += part.length;
    if (length > limit) throw new HttpError(413, "The form is too large.");
    parts.push(part);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
