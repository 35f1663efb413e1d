/**
 * Splits text into what is seen and what would not be: control characters (terminal sequences begin
 * with one), zero-width and direction characters, byte order marks, lone halves of pairs. Line breaks
 * and tabs are seen.
 *
 * @module
 */

export interface TextPart {
  readonly text: string;
  readonly hidden: boolean;
  /** What the hidden character is. */
  readonly title?: string;
}

/** Ranges of code points. */
const ranges: readonly (readonly [number, number])[] = [
  [0x00, 0x08],
  [0x0b, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xfe00, 0xfe0e],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff9, 0xfffb],
  [0x1d173, 0x1d17a],
  [0xe0000, 0xe0fff],
];
const escaped = (code: number) => `\\u{${code.toString(16)}}`;
const inRanges = ranges.map(([from, to]) => `${escaped(from)}-${escaped(to)}`).join("");
const unseen = new RegExp(`[${inRanges}]|\\p{Surrogate}`, "gu");

const names: Readonly<Record<number, string>> = {
  0x00: "null",
  0x07: "bell",
  0x08: "backspace",
  0x0d: "carriage return",
  0x1b: "escape, begins a terminal sequence",
  0xad: "soft hyphen",
  0x200b: "zero-width space",
  0x200c: "zero-width non-joiner",
  0x200d: "zero-width joiner",
  0x200e: "left-to-right mark",
  0x200f: "right-to-left mark",
  0x202a: "left-to-right embedding",
  0x202b: "right-to-left embedding",
  0x202c: "end of embedding",
  0x202d: "left-to-right override",
  0x202e: "right-to-left override",
  0x2066: "left-to-right isolate",
  0x2067: "right-to-left isolate",
  0x2068: "first strong isolate",
  0x2069: "end of isolate",
  0xfeff: "byte order mark",
};

/** Hidden characters that are written one by one; a text of nothing else must not fill the page. */
const mostShown = 2_000;

/**
 * Runs of the same character are one part. Beyond 2,000 parts hidden characters are only marked.
 *
 * @example
 * ```ts
 * import { visibleParts } from "@/components/visible_parts.ts";
 * import { expect } from "expect";
 *
 * expect(visibleParts("a\u202Eb\u200B\u200B").map(({ text }) => text))
 *   .toEqual(["a", "U+202E", "b", "U+200B ×2"]);
 * ```
 */
export function visibleParts(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const { char, from, to } of runsOf(text)) {
    if (parts.length > mostShown) {
      parts.push({ text: text.slice(end).replaceAll(unseen, "\ufffd"), hidden: false });
      return parts;
    }
    if (from > end) parts.push({ text: text.slice(end, from), hidden: false });
    parts.push(hiddenPart(char, (to - from) / char.length));
    end = to;
  }
  if (end < text.length || parts.length === 0) parts.push({ text: text.slice(end), hidden: false });
  return parts;
}

interface Run {
  readonly char: string;
  readonly from: number;
  readonly to: number;
}

function* runsOf(text: string): Generator<Run> {
  let run: Run | null = null;
  for (const { 0: char, index } of text.matchAll(unseen)) {
    if (isJoiner(text, index)) continue;
    if (run && run.char === char && run.to === index) {
      run = { char, from: run.from, to: index + char.length };
      continue;
    }
    if (run) yield run;
    run = { char, from: index, to: index + char.length };
  }
  if (run) yield run;
}

/** A joiner between two pictures makes one of them, as in families and flags: it belongs there. */
function isJoiner(text: string, index: number): boolean {
  return text[index] === "\u200d" &&
    /\p{Extended_Pictographic}[\ufe0f\u{1f3fb}-\u{1f3ff}]?$/u.test(
      text.slice(Math.max(0, index - 6), index),
    ) &&
    /^\p{Extended_Pictographic}/u.test(text.slice(index + 1, index + 3));
}

function hiddenPart(char: string, times: number): TextPart {
  const code = char.codePointAt(0) ?? 0;
  const name = `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
  return {
    text: times === 1 ? name : `${name} ×${times}`,
    hidden: true,
    title: names[code] ?? "a character that is not seen",
  };
}
