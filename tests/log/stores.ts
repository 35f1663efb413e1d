/**
 * The stores that the log has to work on, each opened empty for one test.
 *
 * @module
 */
import type { KvHandles } from "@/core/log/kv.ts";
import { deployKv } from "../fixtures/deploy_kv.ts";

export interface Store {
  readonly handles: KvHandles;
  close(): Promise<void>;
}

async function memory(): Promise<Store> {
  const kv = await Deno.openKv(":memory:");
  return { handles: { write: kv, read: kv }, close: () => Promise.resolve(kv.close()) };
}

async function file(): Promise<Store> {
  const directory = await Deno.makeTempDir({ prefix: "log-" });
  const [write, read] = await Promise.all([
    Deno.openKv(`${directory}/kv`),
    Deno.openKv(`${directory}/kv`),
  ]);
  const close = async () => {
    write.close();
    read.close();
    await Deno.remove(directory, { recursive: true });
  };
  return { handles: { write, read }, close };
}

async function deploy(): Promise<Store> {
  const inner = await Deno.openKv(":memory:");
  const kv = deployKv(inner);
  return { handles: { write: kv, read: kv }, close: () => Promise.resolve(inner.close()) };
}

export const stores: Readonly<Record<string, () => Promise<Store>>> = {
  memory,
  file,
  "Deno Deploy's restrictions": deploy,
};

/** Runs a test's body on a fresh store. */
export async function withStore(
  open: () => Promise<Store>,
  body: (handles: KvHandles) => Promise<void>,
): Promise<void> {
  const store = await open();
  try {
    await body(store.handles);
  } finally {
    await store.close();
  }
}

/** Runs a body on an empty store in memory. */
export async function inMemory(body: (handles: KvHandles) => Promise<void>): Promise<void> {
  await withStore(memory, body);
}
