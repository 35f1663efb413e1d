import { expect } from "expect";
import { openLog } from "@/core/log/open.ts";
import { createLogReader } from "@/core/log/reader.ts";
import { sweepBlobs } from "@/core/log/sweep.ts";
import { eventOf, everything, idOf } from "./events.ts";

/** Two processes at a time share the store, and both are killed. */
const pairs = 6;
const kills = 2 * pairs;
const script = new URL("./appending_process.ts", import.meta.url).pathname;

/** Runs the appending process, kills it after so many acknowledgements, and returns them. */
async function acknowledgedUntilKilled(path: string, name: string, after: number) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "-A", "--unstable-kv", script, path, name],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let text = "";
  let killed = false;
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (killed || text.split("\n").length <= after) continue;
    child.kill("SIGKILL");
    killed = true;
  }
  expect((await child.status).signal).toBe("SIGKILL");
  // A last line without its end was cut by the kill; it may or may not be an acknowledged id.
  return text.split("\n").slice(0, -1);
}

Deno.test("after kill -9 at any moment, every acknowledged event is there once, in order", async () => {
  const directory = await Deno.makeTempDir({ prefix: "log-kill-" });
  const path = `${directory}/kv`;
  const acknowledged: string[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    const ids = await Promise.all(["a", "b"].map((name) => {
      const after = 1 + Math.floor(Math.random() * 800);
      return acknowledgedUntilKilled(path, `${name}${pair}`, after);
    }));
    acknowledged.push(...ids.flat());
  }

  const kv = await Deno.openKv(path);
  try {
    const log = await openLog({ write: kv, read: kv });
    const reader = createLogReader({ kv, ...log });
    const entries = await everything(reader);
    const ids = new Set(entries.map(idOf));
    expect(acknowledged.length).toBeGreaterThan(kills);
    expect(ids.size).toBe(entries.length);
    expect(acknowledged.filter((id) => !ids.has(id))).toEqual([]);
    // Each caller waited for its last event, so at most one of each was stored unacknowledged.
    expect(entries.length - acknowledged.length).toBeLessThanOrEqual(16 * kills);

    const numbers = new Map<string, number>();
    for (const entry of entries) {
      const [round, caller, number] = idOf(entry).split(":");
      const key = `${round}:${caller}`;
      expect(Number(number)).toBe(numbers.has(key) ? (numbers.get(key) ?? 0) + 1 : 0);
      numbers.set(key, Number(number));
      const { payloads } = eventOf(entry);
      if (!payloads?.request) continue;
      const bytes = await reader.payload(eventOf(entry), "request");
      expect(bytes?.length).toBe(payloads.request.bytes);
    }

    // What a kill left between a payload and its record goes, and only that.
    await sweepBlobs({ kv, olderThanMs: 0, clock: () => Date.now() + 1 });
    const chunks = entries.reduce((sum, entry) => {
      const stored = eventOf(entry).payloads?.request?.stored;
      return sum + (stored?.as === "chunks" ? stored.chunks : 0);
    }, 0);
    let left = 0;
    for await (const _ of kv.list({ prefix: ["blob"] })) left += 1;
    expect(left).toBe(chunks);
  } finally {
    kv.close();
    await Deno.remove(directory, { recursive: true });
  }
});
