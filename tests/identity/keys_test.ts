import { expect } from "expect";
import fc from "fast-check";
import { makeKey, parseKey } from "@/core/identity/key_format.ts";
import { createKeyVerifier } from "@/core/identity/key_verifier.ts";
import { keyDigest } from "@/core/identity/keys.ts";
import { Recent } from "@/core/recent.ts";
import type { KvPort } from "@/core/log/kv.ts";
import { dump, kvOf, random, testIdentity, testMasterKey } from "./fixture.ts";

Deno.test("a new key opens its project, in its environment", async () => {
  await using identity = await testIdentity();
  const { project, issued } = await identity.projects.create("Search");
  const test = await identity.projects.issueKey(project.id, "test");
  expect(await identity.verifier.verify(issued.key)).toEqual({
    project: project.id,
    keyId: issued.info.key_id,
    environment: "live",
  });
  expect(await identity.verifier.verify(test?.key ?? "")).toMatchObject({ environment: "test" });
});

Deno.test("makeKey() makes keys of the documented form, all different", () => {
  const keys = Array.from({ length: 500 }, () => makeKey("live", random));
  for (const key of keys) expect(key).toMatch(/^wl_live_[A-Za-z0-9]{12}_[A-Za-z0-9]{43}$/);
  expect(new Set(keys).size).toBe(500);
  // Without rejection the first 8 of 62 letters would come up a quarter more often.
  const letters = keys.flatMap((key) => [...key.slice(21)]);
  const first = letters.filter((letter) => letter < "8").length / letters.length;
  expect(Math.abs(first - 8 / 62)).toBeLessThan(0.015);
});

Deno.test("anything but a whole, right key is refused", async () => {
  await using identity = await testIdentity();
  const { issued: { key } } = await identity.projects.create("Search");
  const { issued: other } = await identity.projects.create("Other");
  const wrong = [
    "",
    "wl_live_",
    key.slice(0, -1),
    `${key}x`,
    ` ${key}`,
    key.replace("wl_live", "wl_test"),
    key.slice(0, 21) + other.key.slice(21),
    other.key.slice(0, 21) + key.slice(21),
    key.slice(0, -1) + (key.endsWith("a") ? "b" : "a"),
    makeKey("live", random),
  ];
  for (const presented of wrong) expect(await identity.verifier.verify(presented)).toBeNull();
  await fc.assert(
    fc.asyncProperty(fc.string(), async (presented) => {
      expect(await identity.verifier.verify(presented)).toBeNull();
    }),
    { numRuns: 200 },
  );
});

Deno.test("no secret of a thousand issued keys is in the store", async () => {
  await using identity = await testIdentity();
  const { project, issued } = await identity.projects.create("Search");
  const keys = [issued.key];
  while (keys.length < 1_000) {
    keys.push((await identity.projects.issueKey(project.id))?.key ?? "");
  }
  for (const key of keys.slice(0, 50)) await identity.verifier.verify(key);
  await identity.verifier.idle();
  const stored = await dump(identity.kv);
  expect(keys.filter((key) => stored.includes(key.slice(21)))).toEqual([]);
  // The scan would find one: the public parts are all there.
  expect(keys.filter((key) => !stored.includes(parseKey(key)?.keyId ?? "?"))).toEqual([]);
});

Deno.test("a revoked key stops at once here and within 5 s in another process", async () => {
  await using identity = await testIdentity();
  const elsewhere = identity.second();
  const { project, issued } = await identity.projects.create("Search");
  expect(await identity.verifier.verify(issued.key)).not.toBeNull();
  expect(await elsewhere.verifier.verify(issued.key)).not.toBeNull();

  expect(await identity.projects.revokeKey(project.id, issued.info.key_id)).toBe(true);
  expect(await identity.verifier.verify(issued.key)).toBeNull();
  identity.pass(5_000);
  expect(await elsewhere.verifier.verify(issued.key)).toBeNull();
  expect(await identity.projects.keys(project.id)).toMatchObject([{
    key_id: issued.info.key_id,
    revoked_at: "2026-01-01T00:00:00.000Z",
  }]);
});

Deno.test("a key in steady use is answered from memory, and never from a read older than 5 s", async () => {
  await using identity = await testIdentity();
  const { issued } = await identity.projects.create("Search");
  await identity.verifier.verify(issued.key);
  await identity.verifier.idle();

  const before = identity.reads();
  for (let i = 0; i < 1_000; i++) {
    // In use every 10 ms, no caller waits: the answer is there, not promised.
    identity.pass(10);
    expect(identity.verifier.verify(issued.key)).toMatchObject({ keyId: issued.info.key_id });
    await identity.verifier.idle();
  }
  expect(identity.reads() - before).toBeLessThanOrEqual(5);
  identity.pass(5_000);
  expect(identity.verifier.verify(issued.key)).toBeInstanceOf(Promise);
});

Deno.test("a read that began before a revocation does not bring the key back", async () => {
  await using identity = await testIdentity();
  const { project, issued } = await identity.projects.create("Search");
  const held = Promise.withResolvers<void>();
  let first = true;
  const verifier = createKeyVerifier({
    digest: keyDigest(testMasterKey.derive("project-key")),
    now: identity.now,
    kv: {
      ...kvOf(identity.kv),
      async get(...args: Parameters<Deno.Kv["get"]>) {
        const holds = first;
        first = false;
        const entry = await identity.kv.get(...args);
        if (holds) await held.promise;
        return entry;
      },
      // The test reads records only, whose type the verifier names itself.
    } as KvPort,
  });
  const early = verifier.verify(issued.key);
  await identity.projects.revokeKey(project.id, issued.info.key_id);
  verifier.forget(issued.info.key_id);
  held.resolve();
  await early;
  expect(await verifier.verify(issued.key)).toBeNull();
  await verifier.idle();
});

Deno.test("guesses do not push known keys out of memory", async () => {
  await using identity = await testIdentity();
  const { issued } = await identity.projects.create("Search");
  const verifier = createKeyVerifier({
    kv: identity.kv,
    digest: keyDigest(testMasterKey.derive("project-key")),
    now: identity.now,
    capacity: 10,
  });
  await verifier.verify(issued.key);
  await Promise.all(Array.from({ length: 100 }, () => verifier.verify(makeKey("live", random))));
  expect(verifier.verify(issued.key)).not.toBeInstanceOf(Promise);
  await verifier.idle();
});

Deno.test("Recent keeps to its size and drops what was used longest ago", () => {
  const recent = new Recent<number>(2);
  recent.set("a", 1);
  recent.set("b", 2);
  recent.get("a");
  recent.set("c", 3);
  expect([recent.size, recent.get("a"), recent.get("b"), recent.get("c")])
    .toEqual([2, 1, undefined, 3]);
});

Deno.test("the last use of a key is noted once an hour", async () => {
  await using identity = await testIdentity();
  const { project, issued } = await identity.projects.create("Search");
  const lastUse = async () => {
    await identity.verifier.verify(issued.key);
    await identity.verifier.idle();
    return (await identity.projects.keys(project.id))?.[0]?.last_used_at;
  };
  expect((await identity.projects.keys(project.id))?.[0]?.last_used_at).toBeNull();
  expect(await lastUse()).toBe("2026-01-01T00:00:00.000Z");
  identity.pass(30 * 60_000);
  expect(await lastUse()).toBe("2026-01-01T00:00:00.000Z");
  identity.pass(31 * 60_000);
  expect(await lastUse()).toBe("2026-01-01T01:01:00.000Z");
});
