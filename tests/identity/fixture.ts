/**
 * Identity over a store in memory and a clock that the test moves.
 *
 * @module
 */
import { createIdentity, type Identity } from "@/core/identity/identity.ts";
import { masterKey } from "@/core/identity/master_key.ts";
import type { KvPort } from "@/core/log/kv.ts";

export const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));

export interface TestIdentity extends Identity, AsyncDisposable {
  readonly kv: Deno.Kv;
  /** Reads of the store so far. */
  readonly reads: () => number;
  readonly pass: (milliseconds: number) => void;
  readonly now: () => number;
  /** The same store and master key as another process has them, by default with the same password. */
  readonly second: (password?: string | null) => Identity;
}

export const testMasterKey = masterKey(new Uint8Array(32).fill(7));

export async function testIdentity(
  options: { readonly password?: string } = {},
): Promise<TestIdentity> {
  const kv = await Deno.openKv(":memory:");
  let time = Date.UTC(2026, 0, 1);
  let reads = 0;
  const counted = new Proxy<KvPort>(kv, {
    get(target, name) {
      if (name === "get" || name === "getMany") reads++;
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const now = () => time;
  const make = (password: string | null = options.password ?? null) =>
    createIdentity({
      kv: counted,
      masterKey: testMasterKey,
      adminPassword: password ?? undefined,
      random,
      now,
    });
  const identity = make();
  const others: Identity[] = [];
  return {
    ...identity,
    kv,
    now,
    reads: () => reads,
    pass: (milliseconds) => time += milliseconds,
    second: (password) => {
      const other = make(password);
      others.push(other);
      return other;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([identity, ...others].map(({ verifier }) => verifier.idle()));
      kv.close();
    },
  };
}

/** Everything in a store, as text in which a secret would be found. */
export async function dump(kv: Deno.Kv): Promise<string> {
  const parts: string[] = [];
  for await (const { key, value } of kv.list({ prefix: [] })) {
    parts.push(JSON.stringify([key, value instanceof Uint8Array ? value.toString() : value]));
  }
  return parts.join("\n");
}

/** A store's methods as fields, for a test that replaces one of them. */
export function kvOf(kv: Deno.Kv): Pick<KvPort, "set" | "delete" | "getMany"> {
  return {
    set: kv.set.bind(kv),
    delete: kv.delete.bind(kv),
    getMany: kv.getMany.bind(kv),
  };
}
