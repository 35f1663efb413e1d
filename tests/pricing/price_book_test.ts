/** Negotiated prices over a real log and KV in memory. */
import { expect } from "expect";
import { upcast } from "@/core/event/upcast.ts";
import { type ProjectPrice, projectPriceSchema } from "@/core/event/price.ts";
import type { LogWriter } from "@/core/log/contract.ts";
import { createPriceBook, replayPrices } from "@/core/pricing/price_book.ts";
import { type TestLog, testLog } from "@/tests/consumers/log.ts";

const discount = (multiplier: string): ProjectPrice =>
  projectPriceSchema.parse({ provider: "openai", model: "*", multiplier });

function bookOf(log: TestLog, writer: Pick<LogWriter, "append"> = log.writer, time = { now: 0 }) {
  let ids = 0;
  return createPriceBook({
    kv: log.kv,
    log: writer,
    now: () => Date.UTC(2026, 10, 20),
    newId: () => `prices-${crypto.randomUUID()}-${++ids}`,
    monotonic: () => time.now,
  });
}

async function events(log: TestLog): Promise<Record<string, unknown>[]> {
  const found: Record<string, unknown>[] = [];
  for (let partition = 0; partition < log.reader.partitions; partition++) {
    for (const { entries } of await log.reader.read(partition, { after: null })) {
      for (const { raw } of entries) {
        const read = upcast(raw);
        if (read.ok && read.event.type === "price.changed") found.push(read.event.data);
      }
    }
  }
  return found;
}

Deno.test("put() appends an event, counts versions and is seen by everybody within 5 seconds", async () => {
  await using log = await testLog();
  const time = { now: 0 };
  const [writer, gateway] = [bookOf(log), bookOf(log, log.writer, time)];
  expect(await writer.get("p")).toEqual({ version: 0, prices: [], changed_at: null });
  expect(await gateway.recent("p")).toMatchObject({ version: 0 });

  const first = await writer.put("p", [discount("0.9")]);
  expect(first).toEqual({
    version: 1,
    prices: [discount("0.9")],
    changed_at: "2026-11-20T00:00:00.000Z",
  });
  expect(await writer.put("p", [discount("0.8")], 1)).toMatchObject({ version: 2 });
  expect(await events(log)).toEqual([
    { version: 1, prices: [discount("0.9")] },
    { version: 2, prices: [discount("0.8")] },
  ]);

  // From memory, without a promise, until the read is too old.
  expect(gateway.recent("p")).toMatchObject({ version: 0 });
  time.now = 5_000;
  expect(await gateway.recent("p")).toMatchObject({ version: 2, prices: [{ multiplier: "0.8" }] });
  expect(gateway.recent("p")).toMatchObject({ version: 2 });
  // The book that has written sees it at once.
  expect(await writer.recent("p")).toMatchObject({ version: 2 });
  await gateway.idle();
});

Deno.test("a change over one that was not seen is refused", async () => {
  await using log = await testLog();
  const book = bookOf(log);
  await book.put("p", [discount("0.9")]);
  await expect(book.put("p", [], 0)).rejects.toMatchObject({
    code: "conflict",
    details: { version: 1 },
  });
  expect(await book.get("p")).toMatchObject({ version: 1 });
});

Deno.test("changes at once get one version each", async () => {
  await using log = await testLog();
  const books = [bookOf(log), bookOf(log), bookOf(log)];
  const all = await Promise.all(
    Array.from({ length: 12 }, (_, n) => books[n % 3]?.put("p", [discount(`0.${n + 10}`)])),
  );
  const versions = all.map((one) => one?.version).sort((a = 0, b = 0) => a - b);
  expect(versions).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  const seen = new Map((await events(log)).map((data) => [data.version, JSON.stringify(data)]));
  expect([...seen.keys()].length).toBe(12);
  const last = await books[0]?.get("p");
  expect(JSON.parse(seen.get(12) ?? "")).toEqual({ version: 12, prices: last?.prices });
});

Deno.test("a change that was cut off before the log or before KV is finished by the next reader", async () => {
  for (const appendsFirst of [false, true]) {
    await using log = await testLog();
    const dies: Pick<LogWriter, "append"> = {
      async append(event) {
        if (appendsFirst) await log.writer.append(event);
        throw new Error("killed");
      },
    };
    await expect(bookOf(log, dies).put("p", [discount("0.7")])).rejects.toThrow("killed");
    // No gateway uses it before it is known to be in the log.
    expect(await bookOf(log).recent("p")).toMatchObject({ version: 0 });
    expect(await bookOf(log).get("p")).toMatchObject({ version: 1, prices: [discount("0.7")] });
    expect(await bookOf(log).recent("p")).toMatchObject({ version: 1 });
    const unique = new Set((await events(log)).map((data) => JSON.stringify(data)));
    expect(unique.size).toBe(1);
  }
});

Deno.test("prices that are too much to keep are refused before anything is written", async () => {
  await using log = await testLog();
  const book = bookOf(log);
  const long = projectPriceSchema.parse({
    provider: "openai",
    model: "x".repeat(200),
    multiplier: "1",
    note: "é".repeat(200),
  });
  await expect(book.put("p", Array.from({ length: 200 }, () => long))).rejects.toMatchObject({
    code: "bad_request",
  });
  expect(await events(log)).toEqual([]);
  expect(await book.get("p")).toMatchObject({ version: 0 });
});

Deno.test("replayPrices() brings back from the log what KV has lost", async () => {
  await using log = await testLog();
  const book = bookOf(log);
  for (const project of ["a", "b", "c"]) {
    await book.put(project, [discount("0.9")]);
    await book.put(project, [discount("0.5")]);
  }
  await log.kv.delete(["pricing", "project", "a"]);
  await log.kv.delete(["pricing", "project", "b"]);
  expect(await replayPrices(log.kv, log.reader)).toBe(4);
  expect(await replayPrices(log.kv, log.reader)).toBe(0);
  for (const project of ["a", "b", "c"]) {
    expect(await bookOf(log).get(project)).toMatchObject({
      version: 2,
      prices: [discount("0.5")],
    });
  }
});
