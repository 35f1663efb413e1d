/**
 * The whole objects of JSON that is none as a whole: lines of it (Ollama), or a list that was cut (Gemini
 * streams one unless it is asked for events).
 *
 * @module
 */
import { parseJson } from "../../json.ts";

/**
 * @example
 * ```ts
 * import { jsonPieces } from "@/core/gateway/formats/json_pieces.ts";
 * import { expect } from "expect";
 *
 * expect([...jsonPieces(`[{"a":"}"},\n{"b":[{}]},\n{"c":`)]).toEqual([{ a: "}" }, { b: [{}] }]);
 * ```
 */
export function* jsonPieces(source: string): Generator<unknown> {
  let depth = 0;
  let start = -1;
  let inString = false;
  for (let i = 0; i < source.length; i++) {
    const char = source.charCodeAt(i);
    if (inString) {
      if (char === backslash) i++;
      else if (char === quote) inString = false;
    } else if (char === quote) inString = true;
    else if (char === open) {
      if (depth++ === 0) start = i;
    } else if (char === close && depth > 0 && --depth === 0) {
      yield parseJson(source.slice(start, i + 1));
    }
  }
}

const backslash = 0x5c;
const quote = 0x22;
const open = 0x7b;
const close = 0x7d;
