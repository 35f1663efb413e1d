/** Settings of projects over a real log and KV in memory. */
import { expect } from "expect";
import { z } from "zod";
import { createSectionBook, replaySection, type Section } from "@/core/settings/settings.ts";
import { type TestLog, testLog } from "@/tests/consumers/log.ts";

const section: Section<{ ttl: number; mode: "on" | "off" }> = {
  name: "cache",
  schema: z.strictObject({
    ttl: z.number().int().default(60),
    mode: z.enum(["on", "off"]).default("off"),
  }),
};

function bookOf(log: TestLog) {
  let ids = 0;
  return createSectionBook(section, {
    kv: log.kv,
    log: log.writer,
    now: () => Date.UTC(2026, 10, 20),
    newId: () => `settings-${crypto.randomUUID()}-${++ids}`,
    monotonic: () => 0,
  });
}

Deno.test("a project that has changed nothing has the defaults, at version 0", async () => {
  await using log = await testLog();
  const book = bookOf(log);
  expect(await book.get("p")).toEqual({
    version: 0,
    settings: { ttl: 60, mode: "off" },
    changed_at: null,
  });
  expect(await book.recent("p")).toEqual({ ttl: 60, mode: "off" });
});

Deno.test("a change holds for its project alone, and is seen from memory by who made it", async () => {
  await using log = await testLog();
  const book = bookOf(log);
  await book.recent("p");
  expect(await book.put("p", { ttl: 5, mode: "on" }, 0)).toMatchObject({ version: 1 });
  await book.recent("p");
  expect(book.recent("p")).toEqual({ ttl: 5, mode: "on" });
  expect(await book.recent("other")).toEqual({ ttl: 60, mode: "off" });
  await expect(book.put("p", { ttl: 6, mode: "on" }, 0)).rejects.toMatchObject({
    code: "conflict",
  });
});

Deno.test("settings come back from the log, section by section", async () => {
  await using log = await testLog();
  const book = bookOf(log);
  await book.put("p", { ttl: 5, mode: "on" });
  await book.put("p", { ttl: 7, mode: "on" });
  await log.kv.delete(["settings", "cache", "project", "p"]);
  const limits: Section<object> = { name: "limits", schema: z.looseObject({}) };
  expect(await replaySection(limits, log.kv, log.reader)).toBe(0);
  expect(await replaySection(section, log.kv, log.reader)).toBe(2);
  expect(await bookOf(log).get("p")).toMatchObject({ version: 2, settings: { ttl: 7 } });
});
