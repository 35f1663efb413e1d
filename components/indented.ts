/**
 * JSON as people read it.
 *
 * @module
 */

/** Objects and lists on lines of their own; every other text as it is. */
export function indented(text: string): string {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
