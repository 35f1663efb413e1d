/**
 * Writing and reading server-sent events of JSON values.
 *
 * @module
 */
import { parseJson } from "../../../json.ts";
import { SseParser } from "../../../gateway/sse.ts";

/** One event; without a name it is a `data:` line alone. */
export function eventText(data: unknown, name?: string): string {
  return `${name === undefined ? "" : `event: ${name}\n`}data: ${JSON.stringify(data)}\n\n`;
}

/** The JSON values of a stream in order; what is no JSON (`[DONE]`) is left out. */
export function valuesOf(bytes: Uint8Array): unknown[] {
  const parser = new SseParser();
  return [...parser.push(bytes), ...parser.end()]
    .map(({ data }) => parseJson(data))
    .filter((value) => value !== undefined);
}
