/**
 * A stream without the events that bring nothing but text: nearly all of them, and parsing each only
 * to find that out is most of what reading a stream costs.
 *
 * @module
 */

/** Whether an event, as the lines it came in, surely tells nothing but text. */
export type OnlyText = (lines: string) => boolean;

/** The first and the last of a stream's events stay whatever they bring: names, ids and tiers stand there. */
const kept = 4;

/**
 * The stream with fewer events. Comments, and whatever is not certain, stay.
 *
 * @example
 * ```ts
 * import { withoutText } from "@/core/gateway/formats/text_events.ts";
 * import { expect } from "expect";
 *
 * const stream = Array.from({ length: 50 }, (_, i) => `data: {"text":"${i}"}\n\n`).join("");
 * const shorter = withoutText(stream, (lines) => lines.includes(`"text"`));
 * expect(shorter.match(/data/g)).toHaveLength(8);
 * ```
 */
export function withoutText(source: string, onlyText: OnlyText): string {
  // Other line ends are rare: such a stream is read whole.
  if (source.includes("\r")) return source;
  const ends = blockEnds(source);
  const last = ends.length - kept;
  let shorter = "";
  let from = 0;
  let told = 0;
  for (let i = 0; i < ends.length; i++) {
    // The index is below the length.
    const end = ends[i] as number;
    const lines = source.slice(from, end);
    from = end;
    if (told >= kept && i < last && onlyText(lines)) continue;
    if (!lines.startsWith(":")) told++;
    shorter += lines;
  }
  return shorter;
}

/** Where each block of lines ends, the empty line behind it included. */
function blockEnds(source: string): number[] {
  const ends: number[] = [];
  for (let at = 0; at < source.length;) {
    const feed = source.indexOf("\n\n", at);
    at = feed === -1 ? source.length : feed + 2;
    ends.push(at);
  }
  return ends;
}
