/**
 * The parts of turns, made so that nothing grows beyond what a page can show.
 *
 * @module
 */
import type { JsonObject } from "../json.ts";
import type { ImageSource, TurnPart } from "./types.ts";

/** Characters of one part; the raw body has all of it. */
export const longestText = 100_000;
/** Bytes of a picture that is written into a page. */
const largestImage = 400_000;
/** Pictures that browsers draw and that cannot hold scripts, as SVG can. */
const drawn = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);

/** Cut at what a page can show; `cut` is how many characters went. */
export function textPart(type: "text" | "refusal" | "reasoning", text: string): TurnPart {
  return { type, ...cut(text) };
}

/** @param args JSON as the model wrote it, valid or not */
export function callPart(id: string, name: string, args: string): TurnPart {
  return { type: "tool_call", id, name, ...cut(args) };
}

/** @param error whether the tool said that it failed */
export function resultPart(id: string, name: string, text: string, error: boolean): TurnPart {
  return { type: "tool_result", id, name, error, ...cut(text) };
}

/** The part as it stands, without the long values (pictures, sounds, files) that nobody reads. */
export function otherPart(name: string, value: unknown): TurnPart {
  return { type: "other", name, ...cut(shortJson(value)) };
}

/** An image inside the request; one that is no picture, or too large, is named and not shown. */
export function dataImage(mediaType: string, base64: string): TurnPart {
  return { type: "image", source: dataSource(mediaType.toLowerCase(), base64) };
}

/** A picture by its address: `data:` addresses hold it, all others are named only. */
export function imageAt(url: string): TurnPart {
  const data = /^data:([a-z0-9.+/-]+);base64,([A-Za-z0-9+/=\s_-]*)$/i.exec(url);
  if (data) return dataImage(data[1] ?? "", data[2] ?? "");
  return { type: "image", source: { kind: "remote", url: url.slice(0, 2_000) } };
}

function dataSource(mediaType: string, base64: string): ImageSource {
  const bytes = Math.floor(base64.length * 3 / 4);
  const plain = /^[A-Za-z0-9+/]*={0,2}$/.test(base64);
  return drawn.has(mediaType) && plain && bytes <= largestImage
    ? { kind: "data", url: `data:${mediaType};base64,${base64}`, bytes }
    : { kind: "withheld", media_type: mediaType.slice(0, 100), bytes };
}

function cut(text: string): { text: string; cut: number } {
  if (text.length <= longestText) return { text, cut: 0 };
  // Never through the middle of a pair.
  const end = /[\ud800-\udbff]$/.test(text.slice(0, longestText)) ? longestText - 1 : longestText;
  return { text: text.slice(0, end), cut: text.length - end };
}

function shortJson(value: unknown): string {
  const short = (_: string, inner: unknown) =>
    typeof inner === "string" && inner.length > 2_000
      ? `${inner.slice(0, 200)}… (${inner.length} characters)`
      : inner;
  return JSON.stringify(value, short, 2) ?? "";
}

/** The name of a part whose type nobody here knows. */
export function kindOf(part: JsonObject): string {
  return typeof part.type === "string" ? part.type.slice(0, 60) : Object.keys(part)[0] ?? "part";
}
