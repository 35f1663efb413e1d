/**
 * What an OpenAI chat message is made of: text, pictures, sound, files, reasoning.
 *
 * @module
 */
import type { Fields } from "./fields.ts";
import { audioFormats, dataUrl, mediaTypeOf } from "./media.ts";
import type { CacheHint, MediaPart, ReasoningPart, RequestPart, TextPart } from "./request.ts";

/** Narrows a part to text. */
export function isText(part: RequestPart): part is TextPart {
  return part.kind === "text";
}

/** The parts of a message's `content`, be it one text or a list. */
export function contentParts(message: Fields): RequestPart[] {
  const content = message.take("content");
  const at = message.path("content");
  if (content === undefined) return [];
  if (typeof content === "string") {
    const cache = readCache(message);
    return [{ kind: "text", text: content, at, ...cache }];
  }
  return message.each("content").flatMap(contentPart);
}

function contentPart(part: Fields): RequestPart[] {
  const type = part.string("type");
  const cache = readCache(part);
  const [at, place] = [part.at, { at: part.at, ...cache }];
  let read: RequestPart[];
  switch (type) {
    case "text":
      read = [{ kind: "text", text: part.string("text") ?? "", ...place }];
      break;
    case "refusal":
      read = [{ kind: "text", text: part.string("refusal") ?? "", at }];
      break;
    case "image_url": {
      const image = part.fields("image_url");
      const url = image?.string("url") ?? null;
      if (!image || url === null) throw part.wrong("image_url", "must have a url");
      image.done();
      read = [media(url, "image_url.url", part, place)];
      break;
    }
    case "input_audio": {
      const audio = part.fields("input_audio");
      const format = audio?.string("format") ?? "";
      const base64 = audio?.string("data") ?? null;
      const mediaType = Object.hasOwn(audioFormats, format) ? audioFormats[format] : undefined;
      if (base64 === null || !mediaType) throw part.wrong("input_audio", "must be wav or mp3 data");
      audio?.done();
      read = [{ kind: "media", mediaType, source: { base64 }, ...place }];
      break;
    }
    case "file": {
      const file = part.fields("file");
      const url = file?.string("file_data") ?? null;
      if (!file || url === null) {
        throw part.wrong("file.file_id", "a stored file is at its provider");
      }
      const name = file.string("filename");
      file.done();
      read = [{ ...media(url, "file.file_data", part, place), ...(name && { name }) }];
      break;
    }
    case "thinking":
      read = [{
        kind: "reasoning",
        at,
        text: part.each("thinking").map((piece) => {
          piece.only("type", "text");
          return piece.string("text") ?? "";
        }).join(""),
        signature: null,
        data: null,
        maker: "other",
      }];
      part.take("closed");
      break;
    default:
      throw part.wrong("type", `parts of type ${type ?? "none"} cannot be translated`);
  }
  part.done();
  return read;
}

function media(
  url: string,
  name: string,
  part: Fields,
  place: { readonly at: string; readonly cache?: CacheHint },
): MediaPart {
  const data = dataUrl(url);
  if (data) {
    return {
      kind: "media",
      mediaType: data.mediaType,
      source: { base64: data.base64 },
      ...place,
    };
  }
  if (!/^https?:\/\//i.test(url)) throw part.wrong(name, "must be a web address or base64 data");
  return { kind: "media", mediaType: mediaTypeOf(url), source: { url }, ...place };
}

/** What the model thought, with its signature where it has one. */
export function reasoningParts(message: Fields): ReasoningPart[] {
  const details = message.each("reasoning_details");
  const plain = message.string("reasoning_content") ?? message.string("reasoning");
  message.take("reasoning");
  if (details.length === 0) {
    if (!plain) return [];
    const at = message.path("reasoning_content");
    return [{ kind: "reasoning", at, text: plain, signature: null, data: null, maker: "other" }];
  }
  return joinedByIndex(details.map((detail) => {
    const part: ReasoningPart & { index: unknown } = {
      kind: "reasoning",
      at: detail.at,
      index: detail.take("index"),
      text: detail.string("text") ?? detail.string("summary") ?? "",
      signature: detail.string("signature"),
      data: detail.string("data"),
      maker: makerOf(detail.string("format")),
    };
    for (const known of ["type", "id", "summary"]) detail.take(known);
    detail.done();
    return part;
  }));
}

/** A client may send the pieces of a stream back as they came. */
function joinedByIndex(pieces: readonly (ReasoningPart & { index: unknown })[]): ReasoningPart[] {
  const joined: (ReasoningPart & { index: unknown })[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    const more = last && piece.index !== undefined && last.index === piece.index &&
      piece.data === null && last.data === null;
    if (!more) joined.push(piece);
    else {
      const signature = `${last.signature ?? ""}${piece.signature ?? ""}` || null;
      joined[joined.length - 1] = { ...last, text: last.text + piece.text, signature };
    }
  }
  return joined.map(({ index: _index, ...part }) => part);
}

function makerOf(format: string | null): ReasoningPart["maker"] {
  if (format?.startsWith("anthropic")) return "anthropic";
  return format?.startsWith("google") ? "google" : "other";
}

/** `cache_control`, as OpenRouter and others take it beside OpenAI's own fields. */
export function readCache(part: Fields): { cache?: CacheHint } {
  const control = part.fields("cache_control");
  if (!control) return {};
  control.only("type", "ephemeral");
  const ttl = control.string("ttl");
  control.done();
  return { cache: ttl === "1h" ? "1h" : "5m" };
}
