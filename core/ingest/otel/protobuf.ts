/**
 * The part of Protocol Buffers that OTLP needs: reading fields one by one, and writing small answers.
 * Unknown fields are passed by, as the format wants; what is cut or malformed throws.
 *
 * @module
 */
import { NotOtlp } from "./span.ts";

const utf8 = new TextDecoder();
const encoder = new TextEncoder();

/** Reads one message. */
export class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;
  #wire = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The next field's number; 0 at the end. */
  next(): number {
    if (this.#at >= this.#bytes.length) return 0;
    const tag = this.#varint();
    this.#wire = tag & 7;
    const field = tag >>> 3;
    if (field === 0) throw new NotOtlp("a field has the number 0");
    return field;
  }

  /** A message, text or bytes: a view into the body. */
  bytes(): Uint8Array {
    this.#expect(2);
    const length = this.#varint();
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new NotOtlp("a field is longer than its message");
    const value = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return value;
  }

  text(): string {
    return utf8.decode(this.bytes());
  }

  bool(): boolean {
    this.#expect(0);
    return this.#bigVarint() !== 0n;
  }

  /** An enumeration, or another small number. */
  int32(): number {
    this.#expect(0);
    return Number(BigInt.asIntN(32, this.#bigVarint()));
  }

  /** As a number where it is exact, else as text. */
  int64(): number | string {
    this.#expect(0);
    const value = BigInt.asIntN(64, this.#bigVarint());
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }

  double(): number {
    this.#expect(1);
    const at = this.#skipBytes(8);
    return this.#view.getFloat64(at, true);
  }

  /** Nanoseconds as a `fixed64`, in microseconds. */
  microseconds(): number {
    this.#expect(1);
    const at = this.#skipBytes(8);
    const low = this.#view.getUint32(at, true);
    const high = this.#view.getUint32(at + 4, true);
    return Number((BigInt(high) << 32n | BigInt(low)) / 1_000n);
  }

  /** Passes the field by. */
  skip(): void {
    switch (this.#wire) {
      case 0:
        this.#bigVarint();
        return;
      case 1:
        this.#skipBytes(8);
        return;
      case 2:
        this.bytes();
        return;
      case 5:
        this.#skipBytes(4);
        return;
      default:
        throw new NotOtlp(`wire type ${this.#wire} is not known`);
    }
  }

  #expect(wire: number): void {
    if (this.#wire !== wire) throw new NotOtlp("a field has another type than expected");
  }

  #skipBytes(count: number): number {
    const at = this.#at;
    if (at + count > this.#bytes.length) throw new NotOtlp("the message is cut");
    this.#at = at + count;
    return at;
  }

  /** A varint below 2³²: tags and lengths. */
  #varint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new NotOtlp("the message is cut");
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) {
        if (value > 0xffff_ffff) break;
        return value;
      }
    }
    throw new NotOtlp("a number is too large");
  }

  #bigVarint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new NotOtlp("the message is cut");
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new NotOtlp("a number is too long");
  }
}

/** A varint field. */
export function varintField(field: number, value: number): Uint8Array {
  return new Uint8Array([...varint(field << 3), ...varint(value)]);
}

/** A message or text field. */
export function bytesField(field: number, value: Uint8Array | string): Uint8Array {
  const bytes = typeof value === "string" ? encoder.encode(value) : value;
  return joined(new Uint8Array([...varint(field << 3 | 2), ...varint(bytes.length)]), bytes);
}

/** The pieces as one. */
export function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push(rest % 128 | 0x80);
  bytes.push(rest);
  return bytes;
}
