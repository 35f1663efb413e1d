/**
 * The vault: provider keys by project, encrypted in KV. Owns `["vault", …]`. Guarantees that a key
 * leaves it only for the project that it was stored for, decrypted in memory and no older than five
 * seconds; a call reads nothing from KV while its project's keys are remembered.
 *
 * @module
 */
import { ulid } from "ulid";
import type { MasterKey } from "../identity/master_key.ts";
import type { KvPort } from "../log/kv.ts";
import { Remembered } from "../remembered.ts";
import type { Random } from "./aes.ts";
import { Health, healthPath, type Rest } from "./health.ts";
import { kekOf } from "./kek.ts";
import { LastUse, lastUsePath } from "./last_use.ts";
import {
  infoOf,
  keyPath,
  type KeyRecord,
  lastFour,
  openCredential,
  projectKeysPath,
  sealCredential,
} from "./record.ts";
import { keyRing, type OpenKey, usableKey } from "./ring.ts";
import { type KeyRing, maxKeys, type NewProviderKey, type Vault } from "./types.ts";

export interface VaultOptions {
  readonly kv: KvPort;
  readonly masterKey: Pick<MasterKey, "derive">;
  readonly random: Random;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Monotonic milliseconds. @default {performance.now} */
  readonly monotonic?: () => number;
  /** Told of keys that cannot be read; never of a secret. */
  readonly warn?: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

/**
 * @example
 * ```ts
 * import { masterKey } from "@/core/identity/master_key.ts";
 * import { createVault } from "@/core/vault/vault.ts";
 * import { expect } from "expect";
 *
 * using kv = await Deno.openKv(":memory:");
 * const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));
 * const vault = createVault({ kv, masterKey: masterKey(random(32)), random, now: Date.now });
 * const info = await vault.add("p1", {
 *   provider: "openai",
 *   credential: { kind: "api_key", key: "sk-0123456789abcdef" },
 * });
 * expect(info?.last_four).toBe("cdef");
 * const ring = await vault.keysOf("p1");
 * expect(ring.pick("openai")?.credential).toMatchObject({ key: "sk-0123456789abcdef" });
 * ```
 */
export function createVault(options: VaultOptions): Vault {
  const { kv, random, now } = options;
  const kek = kekOf(options.masterKey);
  const health = new Health({ kv, now });
  const lastUse = new LastUse({ kv, now });
  const rings = new Remembered<KeyRing>({
    read: openRing,
    now: options.monotonic ?? (() => performance.now()),
  });
  let turns = 0;

  async function openRing(project: string): Promise<KeyRing> {
    const keys: OpenKey[] = [];
    for await (const { key, value } of kv.list<KeyRecord>({ prefix: projectKeysPath(project) })) {
      if (!value.enabled) continue;
      const id = String(key[3]);
      const credential = await openCredential(key, value, kek);
      if (!credential) {
        options.warn?.("A provider key cannot be read", { project, key_id: id });
        continue;
      }
      health.learn(id, (await kv.get<Rest>(healthPath(project, id))).value);
      keys.push({ id, provider: value.provider, priority: value.priority, credential });
    }
    return keyRing({ project, keys, health, used: usedIn(project), now, turn: () => turns++ });
  }

  const usedIn = (project: string) => (id: string) => lastUse.note(project, id);

  async function shown(project: string, id: string, record: KeyRecord) {
    return infoOf(id, record, {
      health: health.shown(id),
      credential: await openCredential(keyPath(project, id), record, kek),
      usedAt: await lastUse.of(project, id),
    });
  }

  async function sealed(project: string, id: string, version: number, key: NewProviderKey) {
    const { provider, credential } = key;
    const binding = { project, keyId: id, version };
    return {
      ...await sealCredential(provider, credential, binding, { kek, random }),
      version,
      kind: credential.kind,
      last_four: lastFour(credential),
    };
  }

  const today = () => new Date(now()).toISOString();

  return {
    async list(project) {
      const infos = [];
      for await (const { key, value } of kv.list<KeyRecord>({ prefix: projectKeysPath(project) })) {
        const id = String(key[3]);
        health.learn(id, (await kv.get<Rest>(healthPath(project, id))).value);
        infos.push(await shown(project, id, value));
      }
      return infos.sort((a, b) =>
        compare(a.provider, b.provider) || a.priority - b.priority || compare(a.key_id, b.key_id)
      );
    },

    async add(project, key) {
      if (await countKeys(kv, project) >= maxKeys) return null;
      const id = `pk_${ulid(now()).toLowerCase()}`;
      const record: KeyRecord = {
        ...await sealed(project, id, 1, key),
        project,
        id,
        provider: key.provider,
        label: key.label ?? "",
        priority: key.priority ?? 0,
        enabled: true,
        created_at: today(),
        updated_at: today(),
      };
      const path = keyPath(project, id);
      const added = await kv.atomic().check({ key: path, versionstamp: null })
        .set(path, record).commit();
      if (!added.ok) throw new Error("A new provider key's id was taken");
      rings.forget(project);
      return await shown(project, id, record);
    },

    async change(project, id, { credential, ...settings }) {
      const path = keyPath(project, id);
      while (true) {
        const found = await kv.get<KeyRecord>(path);
        if (!found.value) return null;
        const { provider, version } = found.value;
        const secret = credential &&
          await sealed(project, id, version + 1, { provider, credential });
        const record = { ...found.value, ...settings, ...secret, updated_at: today() };
        const changed = await kv.atomic().check(found).set(path, record).commit();
        if (!changed.ok) continue;
        if (credential) health.clear(project, id);
        rings.forget(project);
        return await shown(project, id, record);
      }
    },

    async remove(project, id) {
      const path = keyPath(project, id);
      if (!(await kv.get(path)).value) return false;
      await kv.atomic().delete(path).delete(healthPath(project, id))
        .delete(lastUsePath(project, id)).commit();
      rings.forget(project);
      return true;
    },

    keysOf: (project) => rings.get(project),

    async open(project, id) {
      const path = keyPath(project, id);
      const { value } = await kv.get<KeyRecord>(path);
      const credential = value && await openCredential(path, value, kek);
      if (!credential) return null;
      const usable = usableKey({ id, credential }, {
        project,
        health,
        used: usedIn(project),
        now,
      });
      return { provider: value.provider, usable };
    },

    async idle() {
      await rings.idle();
      await health.idle();
      await lastUse.idle();
    },
  };
}

async function countKeys(kv: KvPort, project: string): Promise<number> {
  let keys = 0;
  for await (const _ of kv.list({ prefix: projectKeysPath(project) })) keys++;
  return keys;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
