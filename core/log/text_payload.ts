/**
 * A payload that is text already. What stands inside its event is then neither encoded nor decoded; its
 * bytes are made for whoever asks for them.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { Payload } from "./contract.ts";

const utf8 = new TextEncoder();

export class TextPayload implements Payload {
  /** Without halves of characters, which bytes could not hold. */
  readonly text: string;
  readonly contentType: string;
  /** Bytes of the text. */
  readonly size: number;
  #bytes: Uint8Array | null = null;

  constructor(text: string, contentType: string) {
    this.text = text.toWellFormed();
    this.contentType = contentType;
    this.size = Buffer.byteLength(this.text);
  }

  get bytes(): Uint8Array {
    return this.#bytes ??= utf8.encode(this.text);
  }
}

/** The bytes that a payload takes. */
export function sizeOf(payload: Payload): number {
  return payload instanceof TextPayload ? payload.size : payload.bytes.length;
}
