import { expect } from "expect";
import { join } from "node:path";
import { readConfig } from "@/core/config.ts";
import { createIdentity } from "@/core/identity/identity.ts";
import { type MasterKey, masterKey } from "@/core/identity/master_key.ts";
import { withKeptPepper } from "@/core/identity/pepper.ts";
import { sealedWith } from "@/core/identity/seal.ts";
import type { KvPort } from "@/core/log/kv.ts";
import { seal } from "@/core/vault/envelope.ts";
import { kekOf } from "@/core/vault/kek.ts";
import { keyPath, type KeyRecord } from "@/core/vault/record.ts";
import { rewrapAll } from "@/core/vault/rotate.ts";
import { rotate } from "@/core/vault/rotate_master_key.ts";
import { createVault } from "@/core/vault/vault.ts";
import { rotateMasterKey } from "@/tools/rotate_master_key.ts";
import { apiKey, pickedKey, random } from "./fixture.ts";

const old = masterKey(random(32));
const next = masterKey(random(32));
const options = { from: old, to: next, random, loseUnreadable: false };
const vaultOf = (kv: KvPort, key: MasterKey) =>
  createVault({ kv, masterKey: key, random, now: Date.now });

async function identityOf(kv: KvPort, key: MasterKey) {
  const kept = await withKeptPepper(kv, key);
  return createIdentity({ kv, masterKey: kept, adminPassword: "pass", random, now: Date.now });
}

Deno.test("10,000 keys are re-wrapped without a byte of ciphertext changing", async () => {
  using kv = await Deno.openKv(":memory:");
  const [from, to] = [kekOf(old), kekOf(next)];
  const secret = new TextEncoder().encode("secret");
  const before = new Map<string, string>();
  for (let batch = 0; batch < 20; batch++) {
    const operation = kv.atomic();
    for (let i = 0; i < 500; i++) {
      const [project, id] = [`p${batch}`, `pk_${i}`];
      const envelope = await seal(secret, { project, keyId: id, version: 1 }, from, random);
      operation.set(keyPath(project, id), { ...envelope, project, id, version: 1 });
      before.set(`${project}/${id}`, envelope.sealed.ciphertext.join());
    }
    await operation.commit();
  }
  expect(await rewrapAll(kv, { from, to }, random)).toEqual({
    rewrapped: 10_000,
    done: 0,
    unreadable: [],
  });
  for await (const { value } of kv.list<KeyRecord>({ prefix: ["vault", "key"] })) {
    expect(value.wrapped.kek_id).toBe(to.id);
    expect(value.sealed.ciphertext.join()).toBe(before.get(`${value.project}/${value.id}`) ?? "");
  }
  expect(await rewrapAll(kv, { from, to }, random)).toMatchObject({ rewrapped: 0, done: 10_000 });
});

Deno.test("after a rotation provider keys, project keys and the password work with the new key alone", async () => {
  using kv = await Deno.openKv(":memory:");
  await sealedWith(kv, old);
  const before = await identityOf(kv, old);
  const { issued } = await before.projects.create("Search");
  await before.verifier.idle();
  await vaultOf(kv, old).add("p1", { provider: "openai", credential: apiKey("sk-provider-1") });

  expect(await rotate(kv, options)).toMatchObject({ ok: true, keys: { rewrapped: 1 } });
  expect(await sealedWith(kv, old)).toBe(false);
  expect(await sealedWith(kv, next)).toBe(true);
  expect(await pickedKey(vaultOf(kv, next), "p1")).toBe("sk-provider-1");
  expect(await pickedKey(vaultOf(kv, old), "p1")).toBeNull();

  const third = masterKey(random(32));
  for (const key of [next, third]) {
    if (key === third) {
      expect(await rotate(kv, { ...options, from: next, to: third })).toMatchObject({ ok: true });
    }
    const after = await identityOf(kv, key);
    expect(await after.verifier.verify(issued.key)).not.toBeNull();
    const made = await after.projects.create("Later");
    expect(await after.verifier.verify(made.issued.key)).not.toBeNull();
    expect((await after.signIn.withPassword("pass", "127.0.0.1")).ok).toBe(true);
    await after.verifier.idle();
  }
});

Deno.test("a rotation that was cut off anywhere is finished by the next", async () => {
  for (let cut = 0; cut < 6; cut++) {
    using kv = await Deno.openKv(":memory:");
    await sealedWith(kv, old);
    for (let i = 0; i < 25; i++) {
      await vaultOf(kv, old).add("p1", { provider: "openai", credential: apiKey(`sk-${i}`) });
    }
    let commits = 0;
    const breaking = new Proxy<KvPort>(kv, {
      get(target, name) {
        if (name === "atomic" && commits++ === cut) throw new Error("Killed");
        const value: unknown = Reflect.get(target, name);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    const first = await rotate(breaking, options).catch((error: Error) => error.message);
    expect(first === "Killed").toBe(commits > cut);
    expect(await rotate(kv, options)).toMatchObject({ ok: true });
    expect(await sealedWith(kv, next)).toBe(true);
    const infos = await vaultOf(kv, next).list("p1");
    expect(infos.filter(({ readable }) => readable)).toHaveLength(25);
  }
});

Deno.test("a key that is changed during the rotation keeps its change", async () => {
  using kv = await Deno.openKv(":memory:");
  await sealedWith(kv, old);
  const vault = vaultOf(kv, old);
  const info = await vault.add("p1", { provider: "openai", credential: apiKey("sk-0") });
  await vault.add("p1", { provider: "openai", credential: apiKey("sk-1"), priority: 1 });
  let changed = false;
  const racing = new Proxy<KvPort>(kv, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (name !== "atomic" || changed) {
        return typeof value === "function" ? value.bind(target) : value;
      }
      return () => {
        const operation = kv.atomic();
        const commit = operation.commit.bind(operation);
        operation.commit = async () => {
          if (!changed) {
            changed = true;
            await vault.change("p1", info?.key_id ?? "", { credential: apiKey("sk-changed") });
          }
          return await commit();
        };
        return operation;
      };
    },
  });
  expect(await rotate(racing, options)).toMatchObject({ ok: true, keys: { rewrapped: 2 } });
  expect(changed).toBe(true);
  expect(await pickedKey(vaultOf(kv, next), "p1")).toBe("sk-changed");
});

Deno.test("a rotation is refused for another store, and for keys that would be lost", async () => {
  using kv = await Deno.openKv(":memory:");
  const other = masterKey(random(32));
  await sealedWith(kv, other);
  expect(await rotate(kv, options)).toEqual({ ok: false, reason: "other_master_key" });
  await vaultOf(kv, next).add("p1", { provider: "openai", credential: apiKey("sk-0") });
  const fromOther = { ...options, from: other, to: old };
  expect(await rotate(kv, fromOther)).toMatchObject({ ok: false, reason: "unreadable" });
  expect(await sealedWith(kv, other)).toBe(true);
  expect(await rotate(kv, { ...fromOther, loseUnreadable: true })).toMatchObject({ ok: true });
});

Deno.test("the command makes a new key in the data directory, or takes one from a file", async () => {
  const dataDir = await Deno.makeTempDir();
  try {
    const said: string[] = [];
    const run = (args: string[], env: Record<string, string> = {}) => {
      const read = readConfig({ WATCHLLM_DATA_DIR: dataDir, ...env });
      if (!read.ok) throw new Error(read.detail);
      return rotateMasterKey(args, { config: read.config, say: (line) => said.push(line) });
    };
    const base64 = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes));
    expect(await run([])).toBe(2);
    const first = random(32);
    await Deno.writeTextFile(join(dataDir, "master.key"), base64(first));
    const store = join(dataDir, "log.sqlite3");
    {
      using kv = await Deno.openKv(store);
      await sealedWith(kv, masterKey(first));
      await vaultOf(kv, masterKey(first)).add("p1", {
        provider: "openai",
        credential: apiKey("sk-0"),
      });
    }
    expect(await run([])).toBe(0);
    const made = await Deno.readTextFile(join(dataDir, "master.key"));
    expect(made).not.toBe(base64(first));
    expect(said.join()).not.toContain(made);
    expect([...Deno.readDirSync(dataDir)].map(({ name }) => name)).not.toContain("master.key.next");
    const bytes = Uint8Array.from(atob(made), (char) => char.charCodeAt(0));
    {
      using kv = await Deno.openKv(store);
      expect(await pickedKey(vaultOf(kv, masterKey(bytes)), "p1")).toBe("sk-0");
    }
    // A key from the environment is not ours to replace.
    const env = { WATCHLLM_MASTER_KEY: made };
    expect(await run([], env)).toBe(2);
    const second = random(32);
    const file = join(dataDir, "new");
    await Deno.writeTextFile(file, base64(second));
    expect(await run(["--new-key-file", file], env)).toBe(0);
    expect(await run(["--new-key-file", join(dataDir, "none")], env)).toBe(2);
    {
      using kv = await Deno.openKv(store);
      expect(await pickedKey(vaultOf(kv, masterKey(second)), "p1")).toBe("sk-0");
    }
    expect(await run(["--help"])).toBe(0);
    expect(said.at(-1)).toContain("Usage: deno task rotate-master-key");
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
});
