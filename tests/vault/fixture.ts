/**
 * A vault over a store in memory, with a clock that the test moves and reads that it counts.
 *
 * @module
 */
import { masterKey } from "@/core/identity/master_key.ts";
import type { KvPort } from "@/core/log/kv.ts";
import type { Vault } from "@/core/vault/types.ts";
import { createVault } from "@/core/vault/vault.ts";

export const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));
export const testMasterKey = masterKey(new Uint8Array(32).fill(9));
export const apiKey = (key: string) => ({ kind: "api_key", key }) as const;

export interface TestVault extends AsyncDisposable {
  readonly kv: Deno.Kv;
  readonly vault: Vault;
  /** The same store as another process has it. */
  readonly second: () => Vault;
  readonly pass: (milliseconds: number) => void;
  /** Reads and lists of the store so far. */
  readonly reads: () => number;
  readonly warnings: string[];
}

export async function testVault(options: { readonly kv?: Deno.Kv } = {}): Promise<TestVault> {
  const kv = options.kv ?? await Deno.openKv(":memory:");
  let time = Date.UTC(2026, 0, 1);
  let reads = 0;
  const warnings: string[] = [];
  const counted = new Proxy<KvPort>(kv, {
    get(target, name) {
      if (name === "get" || name === "getMany" || name === "list") reads++;
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const make = () =>
    createVault({
      kv: counted,
      masterKey: testMasterKey,
      random,
      now: () => time,
      monotonic: () => time,
      warn: (message, details) => warnings.push(`${message} ${JSON.stringify(details)}`),
    });
  const vaults = [make()];
  return {
    kv,
    // The list has one from the start.
    vault: vaults[0] as Vault,
    second() {
      const other = make();
      vaults.push(other);
      return other;
    },
    pass: (milliseconds) => time += milliseconds,
    reads: () => reads,
    warnings,
    async [Symbol.asyncDispose]() {
      await Promise.all(vaults.map((vault) => vault.idle()));
      if (!options.kv) kv.close();
    },
  };
}

/** The secret that a call would send, or null. */
export async function pickedKey(
  vault: Vault,
  project: string,
  provider = "openai",
): Promise<string | null> {
  const key = (await vault.keysOf(project)).pick(provider);
  return key?.credential.kind === "api_key" ? key.credential.key : null;
}

/** A store's content as bytes in which a secret would be found, in every entry apart. */
export async function* entries(kv: Deno.Kv): AsyncGenerator<Uint8Array> {
  for await (const { key, value } of kv.list({ prefix: [] })) {
    const parts: Uint8Array[] = [new TextEncoder().encode(JSON.stringify(key))];
    collect(value, parts);
    yield new Uint8Array(parts.flatMap((part) => [...part]));
  }
}

function collect(value: unknown, to: Uint8Array[]): void {
  if (value instanceof Uint8Array) to.push(value);
  else if (typeof value === "object" && value !== null) {
    for (const [name, one] of Object.entries(value)) {
      to.push(new TextEncoder().encode(name));
      collect(one, to);
    }
  } else to.push(new TextEncoder().encode(String(value)));
}
