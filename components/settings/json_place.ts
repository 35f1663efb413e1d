/**
 * Where in indented JSON a field stands, for people who look for what is wrong.
 *
 * @module
 */

/**
 * The line of a field that is named by its path, or of the nearest one above it that is there; null
 * for text that is no JSON.
 *
 * @example
 * ```ts
 * import { placeOf } from "@/components/settings/json_place.ts";
 * import { expect } from "expect";
 *
 * const text = JSON.stringify({ a: 1, list: [{ weight: -1 }] }, null, 2);
 * expect(placeOf(text, "list.0.weight")).toBe(5);
 * expect(placeOf(text, "list.0.name")).toBe(4);
 * ```
 */
export function placeOf(text: string, path: string): number | null {
  const lines = linesByPath(text);
  if (!lines) return null;
  let at = path;
  for (;;) {
    const line = lines.get(at);
    if (line !== undefined) return line;
    if (at === "") return 1;
    at = at.includes(".") ? at.slice(0, at.lastIndexOf(".")) : "";
  }
}

function linesByPath(text: string): Map<string, number> | null {
  try {
    JSON.parse(text);
  } catch {
    return null;
  }
  const found = new Map<string, number>([["", 1]]);
  let at = 0;
  let line = 1;
  const skip = () => {
    while (/\s/.test(text.charAt(at))) {
      if (text.charAt(at) === "\n") line += 1;
      at += 1;
    }
  };
  const word = (): string => {
    const [match = ""] = /^(?:"(?:[^"\\]|\\.)*"|[^\s,\]}]+)/.exec(text.slice(at)) ?? [];
    at += match.length;
    return match;
  };
  const value = (path: string): void => {
    skip();
    found.set(path, line);
    const open = text.charAt(at);
    if (open !== "{" && open !== "[") {
      word();
      return;
    }
    at += 1;
    for (let index = 0;; index++) {
      skip();
      if (text.charAt(at) === "}" || text.charAt(at) === "]") break;
      const name = open === "{" ? String(JSON.parse(word())) : String(index);
      skip();
      if (open === "{") at += 1;
      value(path === "" ? name : `${path}.${name}`);
      skip();
      if (text.charAt(at) === ",") at += 1;
    }
    at += 1;
  };
  value("");
  return found;
}
