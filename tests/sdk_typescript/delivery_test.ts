/** Exactly once, or reported: whatever the server does. */
import { expect } from "expect";
import { type Loss, WatchLLM } from "@watchllm/sdk";
import { seededRandom } from "@/tools/seeded_random.ts";
import { serveEvents, type TestServer } from "./server.ts";

const fast = { apiKey: "k", retryMs: [1, 5] as const, timeoutMs: 10_000 };

function lossOf(losses: readonly Loss[]): number {
  return losses.reduce((sum, { count }) => sum + count, 0);
}

Deno.test("5,000 events reach a server that fails in every way, each acknowledged once", async () => {
  const random = seededRandom(7);
  const stored = new Set<string>();
  let attempts = 0;
  await using server = serveEvents((events, request) => {
    attempts++;
    const fate = random();
    if (fate < 0.1) return new Response("no", { status: 500 });
    if (fate < 0.2) return new Response(null, { status: 429, headers: { "retry-after": "0" } });
    // It is stored, and the answer is lost on the way.
    if (fate < 0.3) {
      for (const { event_id } of events) stored.add(event_id ?? "");
      return new Response('{"results":[', { headers: { "content-type": "application/json" } });
    }
    if (fate < 0.33) {
      return new Promise((resolve) => {
        request.signal.addEventListener("abort", () => resolve(new Response()));
      });
    }
    if (fate < 0.5) {
      return Response.json({
        results: events.map(({ event_id }) => {
          const busy = random() < 0.3;
          if (!busy) stored.add(event_id ?? "");
          return { id: event_id, status: busy ? 503 : 201 };
        }),
      }, { status: 207 });
    }
    for (const { event_id } of events) stored.add(event_id ?? "");
    return null;
  });
  const losses: Loss[] = [];
  const watch = new WatchLLM({
    ...fast,
    // As long as a request that is never answered is waited for.
    timeoutMs: 200,
    baseUrl: server.url,
    onLoss: (loss) => losses.push(loss),
  });
  const ids: string[] = [];
  for (let i = 0; i < 5_000; i++) ids.push(watch.record({ type: "span", name: `${i}` }));
  expect(await watch.flush(60_000)).toBe(0);
  await watch.close();
  expect(losses).toEqual([]);
  expect(watch.counts).toEqual({ queued: 0, sent: 5_000, lost: 0 });
  expect([...stored].sort()).toEqual([...ids].sort());
  expect(attempts).toBeGreaterThan(55);
});

Deno.test("events beyond the queue's bound are reported, with the right count", async () => {
  let refuse = true;
  await using server = serveEvents(() => refuse ? new Response("no", { status: 503 }) : null);
  const losses: Loss[] = [];
  const watch = new WatchLLM({
    ...fast,
    baseUrl: server.url,
    maxQueueSize: 250,
    onLoss: (loss) => losses.push(loss),
  });
  for (let i = 0; i < 2_000; i++) watch.record({ type: "span", name: `${i}` });
  const lost = lossOf(losses);
  expect(lost).toBeGreaterThanOrEqual(1_650);
  expect(new Set(losses.map(({ reason }) => reason))).toEqual(new Set(["queue_full"]));
  refuse = false;
  expect(await watch.flush(60_000)).toBe(0);
  await watch.close();
  expect(server.taken.size).toBe(2_000 - lost);
  expect(watch.counts).toEqual({ queued: 0, sent: 2_000 - lost, lost });
});

Deno.test("what the server does not want is reported with its reason, and the rest arrives", async () => {
  await using server = serveEvents((events) =>
    Response.json({
      results: events.map(({ event_id }, at) =>
        at === 1
          ? {
            id: event_id,
            status: 400,
            error: { message: "Not valid", fields: [{ field: "model", expected: "text" }] },
          }
          : { id: event_id, status: at === 2 ? 200 : 201 }
      ),
    }, { status: 207 })
  );
  const losses: Loss[] = [];
  const watch = new WatchLLM({ ...fast, baseUrl: server.url, onLoss: (loss) => losses.push(loss) });
  for (let i = 0; i < 4; i++) watch.record({ type: "span" });
  await watch.close();
  expect(losses).toEqual([{ count: 1, reason: "rejected", message: "400 Not valid (model)" }]);
  expect(watch.counts).toMatchObject({ sent: 3, lost: 1 });
});

Deno.test("a wrong key is not tried again and again", async () => {
  await using server = serveEvents(() =>
    Response.json({ error: { code: "key_unknown", message: "The project key is not known" } }, {
      status: 401,
    })
  );
  const losses: Loss[] = [];
  const watch = new WatchLLM({ ...fast, baseUrl: server.url, onLoss: (loss) => losses.push(loss) });
  for (let i = 0; i < 3; i++) watch.record({ type: "span" });
  await watch.close();
  expect(server.requests).toHaveLength(1);
  expect(losses).toEqual([{
    count: 3,
    reason: "refused",
    message: "The project key is not known",
  }]);
});

Deno.test("a batch that is too large is halved until it fits; one event that does not is reported", async () => {
  await using server = serveEvents((events) =>
    JSON.stringify(events).length > 5_000 ? new Response(null, { status: 413 }) : null
  );
  const losses: Loss[] = [];
  const watch = new WatchLLM({ ...fast, baseUrl: server.url, onLoss: (loss) => losses.push(loss) });
  for (let i = 0; i < 20; i++) watch.record({ type: "span", input: "x".repeat(1_000) });
  watch.record({ type: "span", input: "y".repeat(6_000) });
  await watch.close();
  expect(server.taken.size).toBe(20);
  expect(losses).toEqual([
    { count: 1, reason: "too_large", message: "The server takes no event of this size" },
  ]);
});

Deno.test("flush() answers how many are left when the server does not answer, and close() reports them", async () => {
  const losses: Loss[] = [];
  const watch = new WatchLLM({
    ...fast,
    // Nothing listens there.
    baseUrl: "http://127.0.0.1:1",
    onLoss: (loss) => losses.push(loss),
  });
  for (let i = 0; i < 250; i++) watch.record({ type: "span" });
  expect(await watch.flush(30)).toBe(250);
  await watch.close(30);
  expect(lossOf(losses)).toBe(250);
  expect(watch.counts).toEqual({ queued: 0, sent: 0, lost: 250 });
});

Deno.test("larger batches are compressed", async () => {
  await using server = serveEvents();
  const watch = new WatchLLM({ ...fast, baseUrl: server.url });
  for (let i = 0; i < 50; i++) watch.record({ type: "span", input: "word ".repeat(100) });
  await watch.flush();
  watch.record({ type: "span" });
  await watch.close();
  expect(server.requests.map(({ encoding }) => encoding)).toEqual(["gzip", null]);
  expect(server.taken.size).toBe(51);
});

/** A host in a process of its own. */
async function host(server: TestServer, code: string): Promise<Set<string>> {
  const program = `
    import { WatchLLM } from "@watchllm/sdk";
    const watch = new WatchLLM({ baseUrl: ${JSON.stringify(server.url)}, apiKey: "k" });
    ${code}`;
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(file, program);
  await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--config", "deno.json", file],
    cwd: new URL("../../", import.meta.url),
    stdout: "null",
    stderr: "null",
  }).output();
  await Deno.remove(file);
  return new Set(
    [...server.taken.values()].map((event) => "name" in event ? event.name ?? "" : ""),
  );
}

Deno.test("a host that ends by itself has sent everything", async () => {
  await using server = serveEvents();
  const names = await host(
    server,
    `for (const name of "abc") watch.record({ type: "span", name });`,
  );
  expect(names).toEqual(new Set(["a", "b", "c"]));
});

Deno.test("a host that is killed after flush() loses nothing of what went before", async () => {
  await using server = serveEvents();
  const names = await host(
    server,
    `for (let i = 0; i < 500; i++) watch.record({ type: "span", name: "n" + i });
     if (await watch.flush() === 0) Deno.kill(Deno.pid, "SIGKILL");`,
  );
  expect(names.size).toBe(500);
});
