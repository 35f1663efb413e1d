import fc from "fast-check";
import { expect } from "expect";
import { encrypt } from "@/core/vault/aes.ts";
import { type Envelope, open, rewrap, seal } from "@/core/vault/envelope.ts";
import { random } from "./fixture.ts";

const kek = { id: "kek-1", bytes: random(32) };
const binding = { project: "p1", keyId: "pk_1", version: 1 };
const secret = new TextEncoder().encode(JSON.stringify({ key: "sk-0123456789" }));

Deno.test("what is sealed opens to the same bytes", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 5_000 }), async (bytes) => {
      const opened = await open(await seal(bytes, binding, kek, random), binding, kek);
      expect(opened).toEqual(new Uint8Array(bytes));
    }),
    { numRuns: 100 },
  );
});

Deno.test("an envelope with any one byte changed does not open", async () => {
  const envelope = await seal(secret, binding, kek, random);
  const places: readonly ((of: Envelope) => Uint8Array)[] = [
    ({ sealed }) => sealed.iv,
    ({ sealed }) => sealed.ciphertext,
    ({ wrapped }) => wrapped.iv,
    ({ wrapped }) => wrapped.ciphertext,
  ];
  let tried = 0;
  for (const place of places) {
    for (let at = 0; at < place(envelope).length; at++) {
      for (const bit of [1, 128]) {
        const changed = structuredClone(envelope);
        place(changed)[at] = (place(changed)[at] ?? 0) ^ bit;
        expect(await open(changed, binding, kek)).toBeNull();
        tried++;
      }
    }
  }
  expect(tried).toBe(2 * (12 + secret.length + 16 + 12 + 32 + 16));
});

Deno.test("an envelope of another length does not open", async () => {
  const envelope = await seal(secret, binding, kek, random);
  const { sealed, wrapped } = envelope;
  for (const cut of [0, 1, 15, 16, sealed.ciphertext.length - 1]) {
    const short = { iv: sealed.iv, ciphertext: sealed.ciphertext.slice(0, cut) };
    expect(await open({ sealed: short, wrapped }, binding, kek)).toBeNull();
  }
  for (const length of [0, 8, 11, 13, 16]) {
    const iv = new Uint8Array(length);
    expect(await open({ sealed: { ...sealed, iv }, wrapped }, binding, kek)).toBeNull();
  }
});

Deno.test("an envelope opens for its project, key id and version alone", async () => {
  const envelope = await seal(secret, binding, kek, random);
  const others = [
    { ...binding, project: "p2" },
    { ...binding, keyId: "pk_2" },
    { ...binding, version: 2 },
    // The parts cannot flow into each other.
    { project: "p1pk", keyId: "_1", version: 1 },
    { project: 'p1","pk_1', keyId: "", version: 1 },
  ];
  for (const other of others) expect(await open(envelope, other, kek)).toBeNull();
  expect(await open(envelope, binding, kek)).toEqual(secret);
});

Deno.test("parts of two envelopes do not make a third", async () => {
  const one = await seal(secret, binding, kek, random);
  const two = await seal(secret, binding, kek, random);
  expect(await open({ sealed: one.sealed, wrapped: two.wrapped }, binding, kek)).toBeNull();
  expect(await open({ sealed: one.wrapped, wrapped: one.wrapped }, binding, kek)).toBeNull();
});

Deno.test("another KEK does not open, not even under the same id", async () => {
  const envelope = await seal(secret, binding, kek, random);
  expect(await open(envelope, binding, { id: "kek-2", bytes: kek.bytes })).toBeNull();
  expect(await open(envelope, binding, { id: kek.id, bytes: random(32) })).toBeNull();
});

Deno.test("rewrap() leaves the ciphertext and ends the old KEK's reach", async () => {
  const next = { id: "kek-2", bytes: random(32) };
  const before = await seal(secret, binding, kek, random);
  const after = await rewrap(before, binding, { from: kek, to: next }, random);
  if (!after) throw new Error("It did not open");
  expect(after.sealed).toEqual(before.sealed);
  expect(after.wrapped.kek_id).toBe("kek-2");
  expect(await open(after, binding, next)).toEqual(secret);
  expect(await open(after, binding, kek)).toBeNull();
  expect(await rewrap(before, binding, { from: next, to: kek }, random)).toBeNull();
});

Deno.test("every encryption has an IV of its own", async () => {
  const ivs = new Set<string>();
  for (let i = 0; i < 2_000; i++) {
    const { iv } = await encrypt(kek.bytes, secret, new Uint8Array(), random);
    expect(iv).toHaveLength(12);
    ivs.add(iv.join());
  }
  expect(ivs.size).toBe(2_000);
});
