/**
 * What a span took and gave, as it is answered.
 *
 * @module
 */

/** JSON parsed; text and base64 as they are kept. */
export function bodyText(kept: string | null, encoding: string): unknown {
  if (kept === null || encoding !== "json") return kept;
  try {
    return JSON.parse(kept);
  } catch {
    return kept;
  }
}
