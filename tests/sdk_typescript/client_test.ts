import { expect } from "expect";
import { type Loss, type Span, WatchLLM, type WatchLLMOptions } from "@watchllm/sdk";
import { serveEvents } from "./server.ts";

function clientOf(url: string, options: WatchLLMOptions = {}): WatchLLM {
  return new WatchLLM({ apiKey: "wl_test_key", baseUrl: `${url}/`, retryMs: [1, 5], ...options });
}

const pause = (ms = 1) => new Promise((resolve) => setTimeout(resolve, ms));

Deno.test("what happens in a trace is one tree, whatever is awaited in between", async () => {
  await using server = serveEvents();
  let handle: Span | undefined;
  {
    await using watch = clientOf(server.url, { environment: "test", release: "1.2" });
    const answer = await watch.trace(
      "answer",
      { userId: "u_1", sessionId: "s_1" },
      async (trace) => {
        handle = trace;
        await pause();
        const [pages] = await Promise.all([
          watch.tool("search", { input: { q: "refund" }, toolId: "call_1" }, async () => {
            await pause();
            expect(watch.current()?.traceId).toBe(trace.traceId);
            return ["Page 3"];
          }),
          watch.span("rank", { kind: "reranker" }, () => pause()),
        ]);
        await watch.generation("draft", { model: "gpt-4o", provider: "openai" }, async (call) => {
          await pause();
          call.set({ output: "Yes", usage: { input: 10, output: 2, cacheRead: 4 } });
        });
        return pages;
      },
    );
    expect(answer).toEqual(["Page 3"]);
    expect(watch.current()).toBeUndefined();
  }
  const events = [...server.taken.values()];
  const root = events.find(({ event_id }) => event_id === handle?.eventId);
  expect(root).toMatchObject({ type: "span", kind: "chain", name: "answer", status: "success" });
  expect(root?.parent_span_id).toBeUndefined();
  expect(events).toHaveLength(4);
  for (const event of events) {
    expect(event).toMatchObject({
      trace_id: handle?.traceId,
      user_id: "u_1",
      session_id: "s_1",
      environment: "test",
      release: "1.2",
    });
    if (event !== root) expect(event.parent_span_id).toBe(handle?.spanId);
  }
  expect(events).toContainEqual(expect.objectContaining({
    type: "tool_call",
    tool_name: "search",
    tool_id: "call_1",
    input: { q: "refund" },
    output: ["Page 3"],
  }));
  expect(events).toContainEqual(expect.objectContaining({
    type: "prompt_call",
    model: "gpt-4o",
    tokens_input: 10,
    tokens_output: 2,
    tokens_cache_read: 4,
    output: "Yes",
  }));
  expect(server.requests[0]).toMatchObject({
    path: "/v1/events/batch",
    authorization: "Bearer wl_test_key",
  });
});

Deno.test("work that throws is recorded as failed, and throws on", async () => {
  await using server = serveEvents();
  const watch = clientOf(server.url);
  const failing = () => {
    throw new TypeError("broken");
  };
  expect(() => watch.tool("now", failing)).toThrow("broken");
  await expect(watch.span("later", () => Promise.reject(new Error("late")))).rejects.toThrow(
    "late",
  );
  await watch.close();
  const [now, later] = [...server.taken.values()];
  expect(now).toMatchObject({ status: "error", error: { message: "broken", type: "TypeError" } });
  expect(later).toMatchObject({ status: "error", error: { message: "late" } });
});

Deno.test("scores and feedback are about the present span, or about what they name", async () => {
  await using server = serveEvents();
  const watch = clientOf(server.url);
  const span = watch.trace("t", (trace) => {
    watch.score({ name: "quality", value: 0.5 });
    watch.feedback({ rating: "up", target_event_id: "ev_1" });
    return trace;
  });
  await watch.close();
  const events = [...server.taken.values()];
  expect(events).toContainEqual(
    expect.objectContaining({ type: "score", trace_id: span.traceId, span_id: span.spanId }),
  );
  const feedback = events.find(({ type }) => type === "feedback");
  expect(feedback).toMatchObject({ target_event_id: "ev_1", rating: "up" });
  expect(feedback?.trace_id).toBeUndefined();
});

Deno.test("a trace goes whole or not at all; what people said always goes", async () => {
  await using server = serveEvents();
  const watch = clientOf(server.url, { sampleRate: 0.3 });
  for (let i = 0; i < 400; i++) {
    watch.trace("t", () => {
      watch.span("inside", () => {});
      watch.score({ name: "s", value: i });
    });
  }
  await watch.close();
  const events = [...server.taken.values()];
  expect(events.filter(({ type }) => type === "score")).toHaveLength(400);
  const spans = events.filter(({ type }) => type === "span");
  const perTrace = Map.groupBy(spans, ({ trace_id }) => trace_id ?? "");
  expect(new Set([...perTrace.values()].map((of) => of.length))).toEqual(new Set([2]));
  expect(perTrace.size).toBeGreaterThan(60);
  expect(perTrace.size).toBeLessThan(180);
});

Deno.test("the redact hook changes events, keeps them back, and never lets one out when it fails", async () => {
  await using server = serveEvents();
  const losses: Loss[] = [];
  const watch = clientOf(server.url, {
    onLoss: (loss) => losses.push(loss),
    redact(event) {
      if (!("name" in event)) return event;
      if (event.name === "secret") throw new Error("cannot read");
      return event.name === "private" ? null : { ...event, input: "[removed]" };
    },
  });
  for (const name of ["secret", "private", "open"]) {
    watch.span(name, { input: "4111 1111 1111 1111" }, () => {});
  }
  await watch.close();
  expect([...server.taken.values()]).toEqual([
    expect.objectContaining({ name: "open", input: "[removed]" }),
  ]);
  expect(losses).toEqual([{ count: 1, reason: "unusable", message: "The redact hook failed" }]);
});

Deno.test("nothing of the host's own makes it throw", async () => {
  await using server = serveEvents();
  const losses: Loss[] = [];
  const watch = clientOf(server.url, {
    onLoss(loss) {
      losses.push(loss);
      throw new Error("the callback is broken as well");
    },
  });
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  watch.span("cycle", { input: cycle }, () => {});
  watch.span("bigint", { input: 12n, attributes: { f: () => {} } }, () => {});
  await watch.close();
  watch.span("after", () => {});
  expect(losses.map(({ reason }) => reason)).toEqual(["unusable", "closed"]);
  expect([...server.taken.values()]).toEqual([expect.objectContaining({ input: "12" })]);
});

Deno.test("an input is recorded as it was when the work began", async () => {
  await using server = serveEvents();
  const watch = clientOf(server.url);
  const messages = [{ role: "user", content: "Hi" }];
  watch.span("s", { input: messages }, () => messages.push({ role: "user", content: "later" }));
  await watch.close();
  expect([...server.taken.values()]).toEqual([
    expect.objectContaining({ input: [{ role: "user", content: "Hi" }] }),
  ]);
});

Deno.test("a trace goes on in another process, and in a call through the gateway", async () => {
  await using server = serveEvents();
  const watch = clientOf(server.url);
  const facts = { traceId: "a".repeat(32), parentSpanId: "b".repeat(16), userId: "u" };
  const address = watch.trace("t", facts, (trace) => {
    expect(trace.traceparent).toBe(`00-${"a".repeat(32)}-${trace.spanId}-01`);
    return watch.proxy("openai");
  });
  expect(address.baseURL).toBe(`${server.url}/v1`);
  expect(address.apiKey).toBe("wl_test_key");
  expect(address.headers).toMatchObject({ "x-watchllm-user": "u" });
  expect(watch.proxy("mistral").baseURL).toBe(`${server.url}/proxy/mistral`);
  await watch.close();
  expect([...server.taken.values()][0]).toMatchObject({ parent_span_id: "b".repeat(16) });
});

Deno.test("a client that is not enabled does everything but record", async () => {
  const watch = new WatchLLM({ enabled: false, baseUrl: "http://127.0.0.1:1" });
  expect(await watch.trace("t", async () => await watch.tool("x", () => 4))).toBe(4);
  watch.score({ name: "s", value: 1 });
  await watch.close();
  expect(watch.counts).toEqual({ queued: 0, sent: 0, lost: 0 });
});
