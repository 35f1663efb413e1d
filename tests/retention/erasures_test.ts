/** What an erasure reaches in the log: by whom it names, and by what it names beside. */
import { expect } from "expect";
import { fateOf, type Removals } from "@/core/retention/fate.ts";
import { erase, readAllRemoved, readRemoved } from "@/core/retention/removed.ts";
import { testLog } from "../consumers/log.ts";

const removals: Removals = {
  cuts: [],
  erasures: [
    { user_id: "ann", trace_ids: ["t1"], about_ids: ["s1"], versionstamp: "m", index: 0 },
    { user_id: "bob", versionstamp: "b", index: 0 },
    { user_id: "bob", versionstamp: "p", index: 3 },
    { event_id: "e1", versionstamp: "m", index: 0 },
  ],
};

function fate(id: string, data: object, versionstamp = "c", index = 0) {
  const event = { id, type: "span.recorded", v: 1, at: "2026-01-01T00:00:00.000Z", data };
  return fateOf(event, { versionstamp, index }, removals);
}

Deno.test("an erased user's traces go with what names nobody in them, and not with what names another", () => {
  expect(fate("a", { user_id: "ann", trace_id: "t9" })).toBe("remove");
  expect(fate("a", { user_id: null, trace_id: "t1" })).toBe("remove");
  expect(fate("a", { call: { user_id: null, trace_id: "t1" } })).toBe("remove");
  expect(fate("a", { user_id: "carl", trace_id: "t1" })).toBe("keep");
  expect(fate("a", { user_id: null, trace_id: "t2" })).toBe("keep");
  expect(fate("s1", { user_id: "carl" })).toBe("remove");
  expect(fate("s1", { user_id: "carl" }, "n")).toBe("keep");
});

Deno.test("of several erasures of one user the latest counts, up to its own place", () => {
  expect(fate("a", { user_id: "bob" }, "p", 2)).toBe("remove");
  expect(fate("a", { user_id: "bob" }, "p", 3)).toBe("keep");
  expect(fate("e1", {})).toBe("remove");
  expect(fate("other", { call_id: "e1" })).toBe("remove");
});

Deno.test("no erasure is forgotten, however many there are and however long the names", async () => {
  await using log = await testLog();
  const users = Array.from({ length: 310 }, (_, i) => `${i}-${"ü".repeat(300)}`);
  let ids = 0;
  const ports = { kv: log.kv, log: log.writer, now: () => 1, newId: () => `e${++ids}` };
  for (const user_id of users) await erase(ports, "p", { user_id });
  await erase(ports, "q", { event_id: "one" });
  const { erasures } = await readRemoved(log.kv, "p");
  expect(erasures.map((one) => "user_id" in one && one.user_id)).toEqual(users);
  const all = await readAllRemoved(log.kv);
  expect([...all.keys()]).toEqual(["p", "q"]);
  expect(all.get("q")?.erasures).toMatchObject([{ event_id: "one" }]);
});

Deno.test("erasures that an earlier release remembered are still carried out", async () => {
  await using log = await testLog();
  const erasures = [{
    user_id: "ann",
    versionstamp: "0a",
    index: 0,
    at: "2026-01-01T00:00:00.000Z",
  }];
  await log.kv.set(["retention", "removed", "p"], { cuts: [], erasures });
  const ports = { kv: log.kv, log: log.writer, now: () => 1, newId: () => "e" };
  await erase(ports, "p", { user_id: "bob" });
  const { erasures: known } = await readRemoved(log.kv, "p");
  expect(known.map((one) => "user_id" in one && one.user_id)).toEqual(["ann", "bob"]);
});
