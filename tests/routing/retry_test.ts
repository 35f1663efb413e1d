import { expect } from "expect";
import { eventually } from "../gateway/fixture.ts";
import {
  ask,
  attemptsOf,
  breaks,
  callOf,
  fails,
  ok,
  runRouted,
  scripted,
  silent,
  statusOf,
} from "./fixture.ts";

Deno.test("without a route a failing call is asked once", async () => {
  await using upstream = await scripted(fails(503), ok);
  await using running = runRouted({ upstreams: { openai: upstream.url } });
  const response = await ask(running);
  expect(response.status).toBe(503);
  expect(response.headers.get("x-watchllm-attempts")).toBe(null);
  await response.text();
  expect(upstream.seen.length).toBe(1);
  expect(callOf(running).data.route).toBeUndefined();
});

Deno.test("a project's retries answer from a later attempt; each attempt is an event, the call is one", async () => {
  await using upstream = await scripted(fails(503), breaks, ok);
  await using running = runRouted({
    route: { retry: { attempts: 3 } },
    upstreams: { openai: upstream.url },
  });
  const response = await ask(running);
  expect(response.status).toBe(200);
  expect(response.headers.get("x-watchllm-attempts")).toBe("3");
  expect(response.headers.get("x-watchllm-target")).toBe("openai");
  await response.text();
  const call = callOf(running);
  expect(call).toMatchObject({
    type: "call.completed",
    data: {
      status_code: 200,
      usage: { source: "provider" },
      route: { mode: "single", source: "settings", target: "openai", attempts: 3, skipped: [] },
    },
  });
  expect(attemptsOf(running)).toMatchObject([
    {
      call_id: call.id,
      number: 1,
      status: 503,
      error: null,
      next_because: "Retry 1 of 3 after 503.",
      usage: null,
      cost: null,
    },
    {
      number: 2,
      status: null,
      error: "upstream_broken",
      next_because: "Retry 2 of 3 after upstream_broken.",
    },
    { number: 3, status: 200, error: null, next_because: null },
  ]);
});

Deno.test("after the last retry the client has the provider's own answer", async () => {
  await using upstream = await scripted(fails(500), fails(502), fails(429));
  await using running = runRouted({
    route: { retry: { attempts: 2 } },
    upstreams: { openai: upstream.url },
  });
  const response = await ask(running);
  expect(response.status).toBe(429);
  expect((await response.json()).error.message).toBe("Failed with 429");
  expect(upstream.seen.length).toBe(3);
  expect(callOf(running)).toMatchObject({ type: "call.failed", data: { status_code: 429 } });
});

Deno.test("a status that is not listed is not asked for again", async () => {
  await using upstream = await scripted(fails(400), ok);
  await using running = runRouted({
    route: { retry: { attempts: 3 } },
    upstreams: { openai: upstream.url },
  });
  expect(await statusOf(ask(running))).toBe(400);
  expect(upstream.seen.length).toBe(1);
  await using listed = await scripted(fails(409), ok);
  await using other = runRouted({
    route: { retry: { attempts: 1, on_status_codes: [409] } },
    upstreams: { openai: listed.url },
  });
  expect(await statusOf(ask(other))).toBe(200);
  expect(listed.seen.length).toBe(2);
});

Deno.test("the provider's Retry-After is waited for, within a minute", async () => {
  await using upstream = await scripted(fails(429, { "retry-after-ms": "120" }), ok);
  await using running = runRouted({
    route: { retry: { attempts: 1 } },
    upstreams: { openai: upstream.url },
  });
  expect(await statusOf(ask(running))).toBe(200);
  expect(attemptsOf(running)[1]?.waited_ms).toBe(120);

  await using patient = await scripted(fails(429, { "retry-after": "61" }), ok);
  await using other = runRouted({
    route: { retry: { attempts: 1 } },
    upstreams: { openai: patient.url },
  });
  const response = await ask(other);
  await response.body?.cancel();
  expect(response.status).toBe(429);
  expect(response.headers.get("retry-after")).toBe("61");
  expect(patient.seen.length).toBe(1);
});

Deno.test("a client that leaves during the wait ends it at once", async () => {
  await using upstream = await scripted(fails(503, { "retry-after": "50" }), ok);
  await using running = runRouted({
    route: { retry: { attempts: 1 } },
    upstreams: { openai: upstream.url },
  });
  const leaving = new AbortController();
  const call = fetch(`${running.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${(await import("../gateway/fixture.ts")).projectKey}` },
    body: "{}",
    signal: leaving.signal,
  });
  await eventually(() => upstream.seen.length === 1, "the first attempt");
  // The answer has to be there, and the wait begun.
  await eventually(() => running.gateway.open === 1, "the call");
  await new Promise((resolve) => setTimeout(resolve, 30));
  leaving.abort();
  await expect(call).rejects.toThrow();
  await eventually(() => running.log.records.length > 0, "the event");
  await eventually(() => running.gateway.open === 0, "no call is open");
  expect(callOf(running).type).toBe("call.aborted");
  expect(upstream.seen.length).toBe(1);
});

Deno.test("silence is a failure that can be asked again, for the first byte and between two", async () => {
  await using upstream = await scripted(silent, ok);
  await using running = runRouted({
    route: { retry: { attempts: 1 }, first_byte_timeout: 1_000 },
    upstreams: { openai: upstream.url },
  });
  expect(await statusOf(ask(running))).toBe(200);
  expect(attemptsOf(running)[0]).toMatchObject({ error: "upstream_timeout", status: null });
});

Deno.test("a total timeout ends an answer that goes on and on", async () => {
  await using upstream = await scripted((response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    const timer = setInterval(() => response.write(": ping\n\n"), 5);
    response.on("close", () => clearInterval(timer));
  });
  await using running = runRouted({
    route: { request_timeout: 80 },
    upstreams: { openai: upstream.url },
  });
  const response = await ask(running, {}, { model: "gpt-4o", stream: true });
  await expect(response.text()).rejects.toThrow();
  await eventually(() => running.log.records.length === 1, "the event");
  expect(callOf(running)).toMatchObject({
    type: "call.failed",
    data: { error: { code: "upstream_timeout" } },
  });
});

Deno.test("no call has more than ten attempts, however its route adds up", async () => {
  await using upstream = await scripted(fails(500));
  const target = { provider: "openai", retry: { attempts: 5 } };
  await using running = runRouted({
    route: { strategy: { mode: "fallback" }, targets: [target, target, target, target] },
    upstreams: { openai: upstream.url },
  });
  const response = await ask(running);
  expect(response.status).toBe(500);
  expect(response.headers.get("x-watchllm-attempts")).toBe("10");
  expect(upstream.seen.length).toBe(10);
  await response.text();
  expect(attemptsOf(running).length).toBe(10);
});
