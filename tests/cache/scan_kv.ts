/**
 * Looks for a text in everything that a store holds: keys, strings, bytes, and bytes that are packed.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { constants, inflateSync } from "node:zlib";
import type { KvPort } from "@/core/log/kv.ts";

/** The keys under which the text stands, each as JSON. */
export async function keysWith(kv: KvPort, text: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { key, value } of kv.list({ prefix: [] })) {
    const name = JSON.stringify(key.map((part) => typeof part === "bigint" ? `${part}` : part));
    if (name.includes(text) || holds(value, text)) found.push(name);
  }
  return found;
}

function holds(value: unknown, text: string): boolean {
  if (typeof value === "string") return value.includes(text);
  if (value instanceof Uint8Array) {
    return textOf(value).includes(text) || textOf(inflated(value)).includes(text);
  }
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return false;
  return Object.entries(value).some(([name, member]) => name.includes(text) || holds(member, text));
}

const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");

/** A piece of packed bytes gives what is in it; what is not packed gives nothing. */
function inflated(bytes: Uint8Array): Uint8Array {
  try {
    return inflateSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return new Uint8Array();
  }
}
