import { expect } from "expect";
import { countDeadLetters, countReplayed } from "@/consumers/dead_letter.ts";
import { registerConsumer } from "@/consumers/registry.ts";
import { drain } from "@/consumers/run.ts";
import { deadLetters, readDeadLettersOrder } from "@/tools/dead_letters.ts";
import { call } from "./event.ts";
import { memoryReader } from "./memory_reader.ts";
import { memorySink, poison, transient } from "./sink.ts";

const never = new AbortController().signal;

/** Ten events, of which ClickHouse refused e3, e5 and e7. */
async function given() {
  const kv = await Deno.openKv(":memory:");
  const reader = memoryReader(1);
  const sink = memorySink();
  await registerConsumer(kv, { projection: "memory", generation: 1, state: "active" }, 0);
  reader.append(0, ...Array.from({ length: 10 }, (_, n) => call({ id: `e${n}` })));
  const bad = ["e3", "e5", "e7"];
  sink.fault = ({ rows }) => rows.some((id) => bad.includes(id)) ? { before: poison } : null;
  await drain({ kv, reader, projectionOf: () => sink }, never);
  const said: string[] = [];
  const run = async (...args: string[]) => {
    said.length = 0;
    const deps = { kv, reader, projections: [sink], signal: never };
    const order = readDeadLettersOrder(args);
    if (typeof order === "string") return { code: 2, said: [order] };
    const code = await deadLetters({ ...deps, say: (line) => said.push(line) }, order);
    return { code, said: [...said] };
  };
  return { kv, reader, sink, run, [Symbol.dispose]: () => kv.close() };
}

Deno.test("dead letters are listed with place and cause, and shown with their event", async () => {
  using world = await given();
  const { code, said } = await world.run();
  expect(code).toBe(0);
  expect(said).toHaveLength(3);
  expect(said[0]).toContain("call.completed e3 of");
  expect(said[0]).toContain("bad: a bad row");
  const place = said[1]?.split(" ")[0] ?? "";
  const shown = await world.run("show", place);
  expect(JSON.parse(shown.said[0] ?? "")).toMatchObject({
    letter: { event_id: "e5", code: "bad" },
    event: { id: "e5", type: "call.completed" },
  });
  expect((await world.run("list", "--limit", "1")).said).toHaveLength(2);
});

Deno.test("a mended dead letter is replayed once, another is dropped, and both leave the list", async () => {
  using world = await given();
  const places = (await world.run("list")).said.map((line) => line.split(" ")[0] ?? "");
  world.sink.fault = () => ({ before: transient });
  expect(await world.run("replay", "--all")).toMatchObject({ code: 1 });
  world.sink.fault = ({ rows }) => rows.includes("e7") ? { before: poison } : null;
  const replayed = await world.run("replay", "--all");
  expect(replayed.code).toBe(1);
  expect(replayed.said.map((line) => line.split("  ")[1])).toEqual([
    "stored",
    "stored",
    "still refused (bad: a bad row)",
  ]);
  expect((await world.run("drop", places[2] ?? "", places[0] ?? "")).said).toEqual([
    `${places[2]}  dropped`,
    `${places[0]}  no such dead letter`,
  ]);
  expect((await world.run()).said).toEqual(["There are no dead letters."]);
  expect([...world.sink.stored[0] ?? []].sort()).toEqual(
    ["e0", "e1", "e2", "e3", "e4", "e5", "e6", "e8", "e9"],
  );
  expect(await countDeadLetters(world.kv, "memory@g1", 0)).toBe(0);
  // The dropped one counts as one without a row.
  expect(await countReplayed(world.kv, "memory@g1", 0)).toEqual({ rows: 3, removable: 1 });
});

Deno.test("what is not understood does nothing and is named", async () => {
  using world = await given();
  const wrong = [
    [["drop"], "Which to drop?"],
    [["replay"], "Which to replay?"],
    [["bury", "--all"], "There is no bury"],
    [["drop", "x", "--all"], "--all takes no places"],
    [["list", "x"], "list takes no places"],
    [["list", "--limit", "many"], "--limit must be a whole number"],
    [["--limit", "0"], "--limit must be a whole number"],
  ] as const;
  for (const [args, why] of wrong) {
    const { code, said } = await world.run(...args);
    expect(code).toBe(2);
    expect(said[0]).toContain(why);
  }
  expect((await world.run()).said).toHaveLength(3);
});
