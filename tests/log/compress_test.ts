import { expect } from "expect";
import { setImmediate } from "node:timers";
import { inflateSync } from "node:zlib";
import { blockingBytes, pack, unpack } from "@/core/log/compress.ts";
import { noise } from "./events.ts";

Deno.test("pack() gives the loop its turn while it works on a large input, and so does unpack()", async () => {
  const input = new TextEncoder().encode("a large body ".repeat(800_000));
  let turns = 0;
  let working = true;
  const count = () => {
    turns += 1;
    if (working) setImmediate(count);
  };
  count();
  const packed = await pack(input);
  // At least one for each slice of 32 KiB.
  expect(turns).toBeGreaterThan(300);
  const before = turns;
  const unpacked = await unpack(packed, input.length);
  working = false;
  // By now the input is small; hashing what comes out still is work.
  expect(turns - before).toBeGreaterThan(30);
  expect(unpacked.length).toBe(input.length);
  expect(unpacked.every((byte, i) => byte === input[i])).toBe(true);
});

Deno.test("pack() writes the zlib format, whether at once or in slices", async () => {
  for (const length of [blockingBytes, blockingBytes + 1, 300_000]) {
    const input = new Uint8Array(length).map((_, i) => i % 251);
    const { encoding, bytes } = await pack(input);
    expect(encoding).toBe("deflate");
    expect(new Uint8Array(inflateSync(bytes))).toEqual(input);
  }
});

Deno.test("pack() leaves alone what does not get smaller", async () => {
  for (const length of [0, 1, 5_000, 200_000]) {
    const input = noise(length);
    const packed = await pack(input);
    expect(packed.encoding).toBe("identity");
    expect(await unpack(packed, length)).toEqual(input);
  }
});

Deno.test("unpack() refuses what inflates to another length or content, large or small", async () => {
  for (const length of [6_000, 500_000]) {
    const packed = await pack(new Uint8Array(length).fill(7));
    await expect(unpack(packed, length - 1)).rejects.toMatchObject({ name: "Damage" });
    await expect(unpack(packed, length + 1)).rejects.toMatchObject({ name: "Damage" });
    await expect(unpack({ ...packed, bytes: packed.bytes.slice(0, -4) }, length))
      .rejects.toMatchObject({ name: "Damage" });
    await expect(unpack({ ...packed, sha256: "0".repeat(64) }, length))
      .rejects.toMatchObject({ name: "Damage" });
    expect((await unpack(packed, length)).length).toBe(length);
  }
});
