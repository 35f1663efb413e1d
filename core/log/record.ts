/**
 * A record: the events of one partition in one commit, as one value or, when they are many, as a few
 * of them, its parts.
 *
 * Layout of a part: version (1 byte), CRC-32 of all that follows, begun with the version (4 bytes), how
 * many parts follow this one (1 byte), then frames of kind (1 byte), length (4 bytes) and UTF-8 JSON.
 * Numbers are big-endian. Being bytes, a part is stored without another serialisation, its size is
 * known exactly, and a retry repeats it bit for bit. Version 1 had no parts, and its CRC began with 0.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";
import { Damage } from "./damage.ts";

const version = 2;
/** Where what the checksum is of begins. */
const checkedFrom = 5;
const headerBytes = 6;
const frameHeaderBytes = 5;

/** What a frame holds: the event, or where a large event is kept beside the record. */
export const frameKind = { event: 0, spilled: 1 } as const;
export type FrameKind = typeof frameKind[keyof typeof frameKind];

/** One frame as it was stored. */
export interface Frame {
  readonly kind: FrameKind;
  readonly json: unknown;
  /** Bytes it takes in its part. */
  readonly bytes: number;
}

/** Whether one event's JSON fits a part of this size. */
export function fitsRecord(json: string, capacity: number): boolean {
  const room = capacity - headerBytes - frameHeaderBytes;
  // A UTF-16 unit takes one to three bytes.
  if (json.length * 3 <= room) return true;
  return json.length <= room && Buffer.byteLength(json) <= room;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Collects the frames of one part up to a size. Reusable after `reset()`. */
export class RecordBuilder {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #view: DataView;
  #length = headerBytes;
  #frames = 0;

  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
    this.#bytes[0] = version;
  }

  /** Bytes taken so far. */
  get length(): number {
    return this.#length;
  }

  get frames(): number {
    return this.#frames;
  }

  /** Adds a frame, or returns false and changes nothing when it does not fit. */
  add(kind: FrameKind, json: string): boolean {
    const start = this.#length + frameHeaderBytes;
    if (start + json.length > this.#bytes.length) return false;
    const { read, written } = encoder.encodeInto(json, this.#bytes.subarray(start));
    if (read < json.length) return false;
    this.#bytes[this.#length] = kind;
    this.#view.setUint32(this.#length + 1, written);
    this.#length = start + written;
    this.#frames += 1;
    return true;
  }

  /** The part, which `more` of them follow. A view: valid until `reset()`. */
  finish(more = 0): Uint8Array<ArrayBuffer> {
    this.#bytes[checkedFrom] = more;
    this.#view.setUint32(1, crc32(this.#bytes.subarray(checkedFrom, this.#length), version));
    return this.#bytes.subarray(0, this.#length);
  }

  reset(): void {
    this.#length = headerBytes;
    this.#frames = 0;
  }
}

/**
 * How many parts follow this one. Not checked: whoever decodes the part learns whether it is true.
 */
export function partsAfter(value: unknown): number {
  return value instanceof Uint8Array && value[0] === version ? value[checkedFrom] ?? 0 : 0;
}

/**
 * Reads a part.
 *
 * @throws {Damage} when any byte is not as it was written
 */
export function decodeRecord(value: unknown): Frame[] {
  const record = checkedBytes(value);
  const frames: Frame[] = [];
  for (const { kind, start, end } of frameBounds(record)) {
    const json = parsed(record.subarray(start, end));
    frames.push({ kind, json, bytes: end - start + frameHeaderBytes });
  }
  return frames;
}

/** The number of events in a part, with the same checks as `decodeRecord()` but without parsing. */
export function countFrames(value: unknown): number {
  let count = 0;
  for (const _ of frameBounds(checkedBytes(value))) count += 1;
  return count;
}

/**
 * Reads UTF-8 JSON.
 *
 * @throws {Damage}
 */
export function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch (cause) {
    throw new Damage("the JSON cannot be read", { cause });
  }
}

function checkedBytes(value: unknown): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new Damage("the value is not bytes");
  const first = framesFrom(value);
  if (value.length <= first) throw new Damage("the record is shorter than its header");
  const begun = value[0] === version ? version : 0;
  if (crc32(value.subarray(checkedFrom), begun) !== viewOf(value).getUint32(1)) {
    throw new Damage("the checksum differs");
  }
  return value;
}

function framesFrom(record: Uint8Array): number {
  if (record[0] === version) return headerBytes;
  if (record[0] === 1) return checkedFrom;
  throw new Damage(`the record's version is ${record[0]}, not 1 or ${version}`);
}

function* frameBounds(record: Uint8Array) {
  const view = viewOf(record);
  for (let at = framesFrom(record); at < record.length;) {
    const start = at + frameHeaderBytes;
    if (start > record.length) throw new Damage("the last frame is cut");
    const kind = record[at];
    if (kind !== frameKind.event && kind !== frameKind.spilled) {
      throw new Damage(`the frame kind ${kind} is not known`);
    }
    const end = start + view.getUint32(at + 1);
    if (end > record.length) throw new Damage("a frame is longer than the record");
    yield { kind, start, end };
    at = end;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
