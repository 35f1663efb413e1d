import { expect } from "expect";
import type { Vault } from "@/core/vault/types.ts";
import { apiKey, pickedKey, testVault } from "./fixture.ts";

const add = (vault: Vault, key: string, priority = 0) =>
  vault.add("p1", { provider: "openai", credential: apiKey(key), priority });

async function answer(vault: Vault, status: number, retryAfter: string | null = null) {
  (await vault.keysOf("p1")).pick("openai")?.report(status, retryAfter);
}

Deno.test("the lowest priority number comes first, equal ones take turns", async () => {
  await using t = await testVault();
  await add(t.vault, "sk-a");
  await add(t.vault, "sk-b");
  await add(t.vault, "sk-spare", 1);
  const picked = [];
  for (let i = 0; i < 6; i++) picked.push(await pickedKey(t.vault, "p1"));
  expect(picked.filter((key) => key === "sk-a")).toHaveLength(3);
  expect(picked.filter((key) => key === "sk-b")).toHaveLength(3);
});

Deno.test("a key that the provider refuses rests, and the next one is taken", async () => {
  for (const [status, rest] of [[401, 300_000], [403, 60_000]] as const) {
    await using t = await testVault();
    await add(t.vault, "sk-first");
    await add(t.vault, "sk-next", 1);
    await answer(t.vault, status);
    expect(await pickedKey(t.vault, "p1")).toBe("sk-next");
    expect((await t.vault.list("p1"))[0]?.health).toMatchObject({ state: "refused", status });
    t.pass(rest - 1);
    expect(await pickedKey(t.vault, "p1")).toBe("sk-next");
    t.pass(1);
    expect(await pickedKey(t.vault, "p1")).toBe("sk-first");
    expect((await t.vault.list("p1"))[0]?.health).toEqual({ state: "ok" });
  }
});

Deno.test("a limited key rests as long as Retry-After says", async () => {
  await using t = await testVault();
  await add(t.vault, "sk-first");
  await add(t.vault, "sk-next", 1);
  for (
    const [retryAfter, rest] of [
      ["20", 20_000],
      [new Date(Date.UTC(2026, 0, 1) + 60_000).toUTCString(), 40_000],
      [null, 10_000],
      ["99999999", 600_000],
    ] as const
  ) {
    await answer(t.vault, 429, retryAfter);
    t.pass(rest - 1);
    expect([retryAfter, await pickedKey(t.vault, "p1")]).toEqual([retryAfter, "sk-next"]);
    t.pass(1);
    expect([retryAfter, await pickedKey(t.vault, "p1")]).toEqual([retryAfter, "sk-first"]);
  }
});

Deno.test("when no key is well the one that will be first is used, and none only when all were tried", async () => {
  await using t = await testVault();
  await add(t.vault, "sk-a");
  await add(t.vault, "sk-b", 1);
  await answer(t.vault, 401);
  await answer(t.vault, 429, "5");
  expect(await pickedKey(t.vault, "p1")).toBe("sk-b");
  const ring = await t.vault.keysOf("p1");
  const first = ring.pick("openai");
  const second = ring.pick("openai", new Set([first?.id ?? ""]));
  expect(second?.credential).toEqual(apiKey("sk-a"));
  expect(ring.pick("openai", new Set([first?.id ?? "", second?.id ?? ""]))).toBeNull();
});

Deno.test("success clears what was held against a key, unless its call began before", async () => {
  await using t = await testVault();
  await add(t.vault, "sk-only");
  const ring = await t.vault.keysOf("p1");
  const early = ring.pick("openai");
  t.pass(1);
  await answer(t.vault, 429, "60");
  early?.report(200, null);
  const health = async () => (await t.vault.list("p1"))[0]?.health.state;
  expect(await health()).toBe("cooling");
  t.pass(1);
  await answer(t.vault, 500);
  expect(await health()).toBe("cooling");
  await answer(t.vault, 200);
  expect(await health()).toBe("ok");
});

Deno.test("other processes learn of a key's rest within five seconds", async () => {
  await using t = await testVault();
  await add(t.vault, "sk-first");
  await add(t.vault, "sk-next", 1);
  const other = t.second();
  expect(await pickedKey(other, "p1")).toBe("sk-first");
  await answer(t.vault, 401);
  await t.vault.idle();
  t.pass(5_000);
  expect(await pickedKey(other, "p1")).toBe("sk-next");
});

Deno.test("a new secret under the same id starts well", async () => {
  await using t = await testVault();
  const id = (await add(t.vault, "sk-wrong"))?.key_id ?? "";
  await answer(t.vault, 401);
  await t.vault.idle();
  await t.vault.change("p1", id, { credential: apiKey("sk-right") });
  await t.vault.idle();
  expect((await t.vault.list("p1"))[0]?.health).toEqual({ state: "ok" });
  expect((await t.second().list("p1"))[0]?.health).toEqual({ state: "ok" });
});
