import { expect } from "expect";
import { keyPath, type KeyRecord } from "@/core/vault/record.ts";
import { maxKeys } from "@/core/vault/types.ts";
import { apiKey, entries, pickedKey, random, testVault } from "./fixture.ts";

const openai = (key: string) => ({ provider: "openai", credential: apiKey(key) });

Deno.test("a key is stored, shown by its last four characters, and used by its project alone", async () => {
  await using t = await testVault();
  const info = await t.vault.add("p1", { ...openai("sk-first-0123456789"), label: "Main" });
  expect(info).toMatchObject({
    provider: "openai",
    kind: "api_key",
    label: "Main",
    priority: 0,
    enabled: true,
    last_four: "6789",
    health: { state: "ok" },
    readable: true,
  });
  expect(await t.vault.list("p1")).toEqual([info]);
  expect(JSON.stringify(await t.vault.list("p1"))).not.toContain("sk-first");
  expect(await t.vault.list("p2")).toEqual([]);
  expect(await pickedKey(t.vault, "p1")).toBe("sk-first-0123456789");
  expect(await pickedKey(t.vault, "p2")).toBeNull();
  expect(await pickedKey(t.vault, "p1", "anthropic")).toBeNull();
});

Deno.test("a short key shows nothing of itself", async () => {
  await using t = await testVault();
  expect((await t.vault.add("p1", openai("short-key")))?.last_four).toBe("");
});

Deno.test("AWS keys are kept whole", async () => {
  await using t = await testVault();
  const credential = {
    kind: "aws",
    access_key_id: "AKIA0123456789ABCDEF",
    secret_access_key: "wJalrXUtnFEMI/K7MDENG",
    session_token: null,
    region: "eu-central-1",
  } as const;
  const info = await t.vault.add("p1", { provider: "bedrock", credential });
  expect(info).toMatchObject({ kind: "aws", last_four: "CDEF" });
  expect((await t.vault.keysOf("p1")).pick("bedrock")?.credential).toEqual(credential);
});

Deno.test("a record moved to another project, id or provider does not open", async () => {
  await using t = await testVault();
  const info = await t.vault.add("p1", openai("sk-first-0123456789"));
  const id = info?.key_id ?? "";
  const { value } = await t.kv.get<KeyRecord>(keyPath("p1", id));
  if (!value) throw new Error("Not stored");

  await t.kv.set(keyPath("p2", id), { ...value, project: "p2" });
  await t.kv.set(keyPath("p3", "pk_other"), value);
  await t.kv.set(keyPath("p1", "pk_other"), { ...value, id: "pk_other" });
  await t.kv.set(keyPath("p1", id), { ...value, provider: "groq" });
  for (const project of ["p1", "p2", "p3"]) {
    expect(await pickedKey(t.vault, project)).toBeNull();
    expect(await pickedKey(t.vault, project, "groq")).toBeNull();
    expect((await t.vault.list(project)).map(({ readable }) => readable)).not.toContain(true);
  }
  await t.kv.set(keyPath("p1", id), { ...value, version: 2 });
  expect((await t.vault.list("p1")).map(({ readable }) => readable)).not.toContain(true);
  expect(t.warnings[0]).toContain("cannot be read");
});

Deno.test("one damaged key leaves the others usable", async () => {
  await using t = await testVault();
  const bad = await t.vault.add("p1", openai("sk-first-0123456789"));
  await t.vault.add("p1", openai("sk-second-123456789"));
  const path = keyPath("p1", bad?.key_id ?? "");
  const { value } = await t.kv.get<KeyRecord>(path);
  await t.kv.set(path, { ...value, sealed: { iv: random(12), ciphertext: random(40) } });
  expect(await pickedKey(t.vault, "p1")).toBe("sk-second-123456789");
});

Deno.test("the hot path reads nothing, and a change elsewhere is seen within five seconds", async () => {
  await using t = await testVault();
  const added = await t.vault.add("p1", openai("sk-first-0123456789"));
  await t.vault.keysOf("p1");
  const before = t.reads();
  for (let i = 0; i < 1_000; i++) {
    const ring = t.vault.keysOf("p1");
    expect(ring).not.toBeInstanceOf(Promise);
  }
  expect(t.reads()).toBe(before);

  const other = t.second();
  await other.remove("p1", added?.key_id ?? "");
  expect(await pickedKey(other, "p1")).toBeNull();
  t.pass(4_999);
  await t.vault.keysOf("p1");
  await t.vault.idle();
  t.pass(1);
  expect(await pickedKey(t.vault, "p1")).toBeNull();
});

Deno.test("a change is effective here at once", async () => {
  await using t = await testVault();
  const id = (await t.vault.add("p1", openai("sk-first-0123456789")))?.key_id ?? "";
  expect(await pickedKey(t.vault, "p1")).toBe("sk-first-0123456789");
  const changed = await t.vault.change("p1", id, { credential: apiKey("sk-other-987654321") });
  expect(changed).toMatchObject({ key_id: id, last_four: "4321" });
  expect(await pickedKey(t.vault, "p1")).toBe("sk-other-987654321");
  await t.vault.change("p1", id, { enabled: false });
  expect(await pickedKey(t.vault, "p1")).toBeNull();
  await t.vault.change("p1", id, { enabled: true, label: "Back", priority: 3 });
  expect((await t.vault.list("p1"))[0]).toMatchObject({ label: "Back", priority: 3 });
  expect(await pickedKey(t.vault, "p1")).toBe("sk-other-987654321");
  expect(await t.vault.remove("p1", id)).toBe(true);
  expect(await t.vault.remove("p1", id)).toBe(false);
  expect(await t.vault.change("p1", id, { label: "gone" })).toBeNull();
  expect(await t.vault.remove("p2", id)).toBe(false);
});

Deno.test("a secret that was replaced cannot be put back around its new version", async () => {
  await using t = await testVault();
  const id = (await t.vault.add("p1", openai("sk-first-0123456789")))?.key_id ?? "";
  const old = (await t.kv.get<KeyRecord>(keyPath("p1", id))).value;
  await t.vault.change("p1", id, { credential: apiKey("sk-other-987654321") });
  const current = (await t.kv.get<KeyRecord>(keyPath("p1", id))).value;
  await t.kv.set(keyPath("p1", id), { ...current, sealed: old?.sealed, wrapped: old?.wrapped });
  expect((await t.vault.list("p1"))[0]?.readable).toBe(false);
});

Deno.test("a project has no more than its number of keys", async () => {
  await using t = await testVault();
  for (let i = 0; i < maxKeys; i++) await t.vault.add("p1", openai(`sk-${i}-0123456789abc`));
  expect(await t.vault.add("p1", openai("sk-one-too-many-0123"))).toBeNull();
  expect(await t.vault.add("p2", openai("sk-another-project-1"))).not.toBeNull();
});

Deno.test("no byte of 200 stored keys is readable in the store", async () => {
  await using t = await testVault();
  const keys = Array.from(
    { length: 200 },
    (_, i) => `sk-canary-${i}-${Array.from(random(12), (byte) => byte.toString(16)).join("")}`,
  );
  for (const [i, key] of keys.entries()) {
    const id = (await t.vault.add(`p${i % 5}`, openai("sk-canary-before-change")))?.key_id ?? "";
    await t.vault.change(`p${i % 5}`, id, { credential: apiKey(key) });
    (await t.vault.keysOf(`p${i % 5}`)).pick("openai")?.report(401, null);
    if (i % 5 === 4) t.pass(1);
  }
  await t.vault.idle();
  const latin1 = new TextDecoder("latin1");
  let seen = 0;
  for await (const bytes of entries(t.kv)) {
    const text = latin1.decode(bytes);
    expect(text).not.toContain("canary");
    seen++;
  }
  expect(seen).toBeGreaterThan(200);
});
