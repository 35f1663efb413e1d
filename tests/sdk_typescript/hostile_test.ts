/** What hosts and servers do that nobody planned: nothing of it reaches the host, nothing is lost unsaid. */
import { expect } from "expect";
import { aiSdkTelemetry, type Loss, WatchLLM, type WatchLLMOptions } from "@watchllm/sdk";
import type { SpanEvent, WatchEvent } from "@watchllm/sdk";
import { serveEvents } from "./server.ts";

interface Told {
  readonly watch: WatchLLM;
  readonly losses: Loss[];
}

function clientOf(baseUrl: string, options: WatchLLMOptions = {}): Told {
  const losses: Loss[] = [];
  const onLoss = (loss: Loss) => losses.push(loss);
  return {
    watch: new WatchLLM({ apiKey: "k", baseUrl, retryMs: [1, 5], onLoss, ...options }),
    losses,
  };
}

/** A server that gives this answer to everything. */
function serveAnswer(answer: () => Response | Promise<Response>) {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, answer);
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function spansOf(events: Iterable<WatchEvent>): SpanEvent[] {
  return [...events].filter((event): event is SpanEvent => event.type === "span");
}

Deno.test("a trace whose id is no hex is sent as any other", async () => {
  await using server = serveEvents();
  const { watch } = clientOf(server.url);
  watch.trace("own", { traceId: "my-run-7" }, () => {});
  watch.record({ type: "span", name: "recorded", trace_id: "run-8" });
  await watch.close();
  expect(spansOf(server.taken.values()).map(({ trace_id }) => trace_id)).toEqual([
    "my-run-7",
    "run-8",
  ]);
});

Deno.test("set() keeps a value as it is then; what is recorded inside a trace has its user", async () => {
  await using server = serveEvents();
  const { watch } = clientOf(server.url);
  watch.trace("t", { userId: "u_1", tags: ["a"] }, (trace) => {
    const output = { n: 1 };
    trace.set({ output });
    output.n = 2;
    watch.record({ type: "error", message: "went wrong" });
  });
  await watch.close();
  const [error, span] = [...server.taken.values()];
  expect(span).toMatchObject({ output: { n: 1 } });
  expect(error).toMatchObject({ user_id: "u_1", tags: ["a"] });
});

Deno.test("users and sessions of any kind make headers that can be sent, and events that are taken", async () => {
  await using server = serveEvents();
  const { watch } = clientOf(server.url);
  // Applications have numbers for users, whatever the types say.
  const odd: unknown[] = ["日本 é", "line\nbreak", "100%41", 81, "", "half \ud800"];
  const headers: Headers[] = [];
  for (const userId of odd as string[]) {
    watch.trace("t", { userId, sessionId: userId }, (trace) => {
      headers.push(new Headers(trace.headers));
    });
  }
  await watch.close();
  expect(headers.map((one) => one.get("x-watchllm-user"))).toEqual([
    "%E6%97%A5%E6%9C%AC%20%C3%A9",
    "line%0Abreak",
    "100%2541",
    "81",
    null,
    null,
  ]);
  const users = [...server.taken.values()].map(({ user_id }) => user_id);
  expect(users).toEqual(["日本 é", "line\nbreak", "100%41", "81", undefined, "half \ud800"]);
});

Deno.test("an address or a key that cannot be sent is told at once, not tried for ever", async () => {
  await using server = serveEvents();
  for (const options of [{ baseUrl: "localhost:8787" }, { apiKey: "wl_live_…" }]) {
    const { watch, losses } = clientOf(server.url, options);
    watch.record({ type: "span" });
    expect(await watch.flush()).toBe(0);
    expect(losses).toMatchObject([{ count: 1, reason: "refused" }]);
    await watch.close();
  }
  expect(server.requests).toEqual([]);
});

Deno.test("an answer that is not WatchLLM's is told, not counted as taken", async () => {
  const answers = [
    () => new Response("<html>not here</html>", { status: 404 }),
    () => Response.json({ ok: true }),
    () => Response.json(null),
  ];
  for (const answer of answers) {
    await using server = serveAnswer(answer);
    const { watch, losses } = clientOf(server.url);
    watch.record({ type: "span" });
    expect(await watch.flush()).toBe(0);
    expect(losses).toMatchObject([{ count: 1, reason: "refused" }]);
    expect(watch.counts).toEqual({ queued: 0, sent: 0, lost: 1 });
    await watch.close();
  }
});

Deno.test("close() ends the request under way when its time is over", async () => {
  const held = Promise.withResolvers<Response>();
  await using server = serveAnswer(() => held.promise);
  // A request may take ten minutes: the test would, too.
  const { watch, losses } = clientOf(server.url, { timeoutMs: 600_000 });
  watch.record({ type: "span" });
  await watch.close(20);
  expect(losses).toMatchObject([{ count: 1, reason: "closed" }]);
  held.resolve(new Response());
});

Deno.test("what can be made very small is sent as it is: the server would take it for a bomb", async () => {
  await using server = serveEvents();
  const { watch, losses } = clientOf(server.url);
  watch.trace("t", { input: "a".repeat(2_000_000) }, () => {});
  await watch.close();
  expect(losses).toEqual([]);
  expect(server.requests.map(({ encoding }) => encoding)).toEqual([null]);
});

Deno.test("a generator's span lasts until it has been read, and what it does belongs to it", async () => {
  await using server = serveEvents();
  const { watch } = clientOf(server.url);
  async function* numbers() {
    yield 1;
    await Promise.resolve();
    watch.span("inside", () => {});
    yield 2;
  }
  const read: number[] = [];
  const generator = watch.span("async", numbers);
  expect(watch.counts.queued).toBe(0);
  for await (const one of generator) read.push(one);
  const left = watch.span("left", function* () {
    yield 1;
    yield 2;
  });
  for (const one of left) {
    read.push(one);
    break;
  }
  const failing = watch.span("failing", function* () {
    yield 1;
    throw new Error("broke");
  });
  expect(() => [...failing]).toThrow("broke");
  await watch.close();
  expect(read).toEqual([1, 2, 1]);
  const [inside, outer, ...others] = spansOf(server.taken.values());
  expect([inside?.name, outer?.name]).toEqual(["inside", "async"]);
  expect(inside?.parent_span_id).toBe(outer?.span_id);
  expect(others).toMatchObject([
    { name: "left", status: "success" },
    { name: "failing", status: "error" },
  ]);
});

Deno.test("whatever is thrown is what the caller gets", async () => {
  await using server = serveEvents();
  const { watch } = clientOf(server.url);
  const hostile = Object.defineProperty(new Error("x"), "message", {
    get: () => {
      throw new TypeError("not to be read");
    },
  });
  for (const thrown of [hostile, Object.create(null), null, undefined, 5n, Symbol("s")]) {
    let caught: unknown = "nothing";
    try {
      watch.span("s", () => {
        throw thrown;
      });
    } catch (error) {
      caught = error;
    }
    expect(caught).toBe(thrown);
  }
  await watch.close();
  expect(watch.counts).toEqual({ queued: 0, sent: 6, lost: 0 });
});

Deno.test("what a tracer is given never fails its caller; refused spans are told", async () => {
  await using server = serveAnswer(() =>
    Response.json({ partialSuccess: { rejectedSpans: "1", errorMessage: "name: too long" } })
  );
  const { watch, losses } = clientOf(server.url);
  const cycle: Record<string, unknown> = {};
  cycle.itself = cycle;
  const span = aiSdkTelemetry(watch).tracer.startSpan("x", {
    attributes: { cycle, big: 10n, call: () => 1 },
  });
  span.addEvent("e", { cycle, big: 10n });
  span.end(new Date(NaN));
  await watch.close();
  expect(losses).toEqual([{ count: 1, reason: "rejected", message: "name: too long" }]);
  expect(watch.counts).toEqual({ queued: 0, sent: 0, lost: 1 });
});

Deno.test("an event that cannot be written counts as lost", async () => {
  await using server = serveEvents();
  const { watch } = clientOf(server.url);
  const cycle: Record<string, unknown> = {};
  cycle.itself = cycle;
  watch.record({ type: "span", attributes: cycle });
  await watch.close();
  expect(watch.counts).toEqual({ queued: 0, sent: 0, lost: 1 });
});

Deno.test("a provider on another port is not taken for the gateway", async () => {
  await using server = serveEvents();
  const { watch } = clientOf(server.url);
  const client = {
    baseURL: `${server.url}0/v1`,
    chat: { completions: { create: () => ({ id: "a", choices: [] }) } },
  };
  watch.wrapOpenAI(client);
  (client.chat.completions.create as (request: unknown) => unknown)({ model: "m", messages: [] });
  await watch.close();
  expect([...server.taken.values()]).toMatchObject([{ type: "prompt_call", model: "m" }]);
});

Deno.test("feedback about nothing is not taken for feedback about itself", async () => {
  await using server = serveEvents();
  const { watch } = clientOf(server.url);
  const id = watch.feedback({ rating: "up" });
  const about = watch.feedback({ rating: "up", session_id: "s" });
  await watch.close();
  // The server reads an `event_id` that stands alone as what the feedback is about, and refuses none.
  expect([...server.taken.values()]).toMatchObject([{ id }, { event_id: about }]);
  expect([...server.taken.keys()]).toEqual([undefined, about]);
});
