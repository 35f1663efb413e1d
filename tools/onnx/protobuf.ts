/**
 * As much of the protobuf wire format as writing a model needs.
 *
 * @module
 */

export type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();

function varint(value: number | bigint): number[] {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  return [...bytes, Number(rest)];
}

/** A whole number, signed ones in two's complement. */
export function whole(field: number, value: number | bigint): Bytes {
  return Uint8Array.from([...varint(field << 3), ...varint(value)]);
}

/** A text, or the bytes of a message. */
export function part(field: number, value: string | Uint8Array): Bytes {
  const bytes = typeof value === "string" ? encoder.encode(value) : value;
  return joined([Uint8Array.from([...varint((field << 3) | 2), ...varint(bytes.length)]), bytes]);
}

/** A float of 32 bits. */
export function float(field: number, value: number): Bytes {
  const bytes = new Uint8Array(5);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, (field << 3) | 5);
  view.setFloat32(1, value, true);
  return bytes;
}

export function joined(parts: readonly Uint8Array[]): Bytes {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const one of parts) {
    bytes.set(one, at);
    at += one.length;
  }
  return bytes;
}
