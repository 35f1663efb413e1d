/**
 * Media types and data URLs, as requests carry images, documents and recordings.
 *
 * @module
 */

/** By the end of a URL's path. */
const byExtension: Readonly<Record<string, string>> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  heic: "image/heic",
  pdf: "application/pdf",
  txt: "text/plain",
  mp3: "audio/mpeg",
  wav: "audio/wav",
};

/** OpenAI's names for audio. */
export const audioFormats: Readonly<Record<string, string>> = {
  mp3: "audio/mpeg",
  wav: "audio/wav",
};

/** The type that a URL's ending tells, or null. */
export function mediaTypeOf(url: string): string | null {
  const extension = /\.([a-z0-9]+)(?:[?#]|$)/i.exec(url)?.[1]?.toLowerCase() ?? "";
  return Object.hasOwn(byExtension, extension) ? byExtension[extension] ?? null : null;
}

/** A base64 data URL's type and data, or null when it is none. */
export function dataUrl(url: string): { mediaType: string; base64: string } | null {
  // Not one expression for the data: a body of megabytes must not be walked by a regular expression.
  const comma = url.startsWith("data:") ? url.indexOf(",") : -1;
  if (comma === -1) return null;
  const [mediaType, ...parameters] = url.slice(5, comma).split(";");
  if (!parameters.includes("base64")) return null;
  return { mediaType: mediaType || "text/plain", base64: url.slice(comma + 1) };
}

/** @param base64 with the standard alphabet, padded */
export function toDataUrl(mediaType: string, base64: string): string {
  return `data:${mediaType};base64,${base64}`;
}

/** Base64 of a text's UTF-8. */
export function base64OfText(text: string): string {
  return new TextEncoder().encode(text).toBase64();
}

/** The text whose UTF-8 the base64 is, or null. */
export function textOfBase64(base64: string): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.fromBase64(base64));
  } catch {
    return null;
  }
}
