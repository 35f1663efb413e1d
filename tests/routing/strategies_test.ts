import { expect } from "expect";
import fc from "fast-check";
import { delayOf } from "@/core/gateway/routing/backoff.ts";
import { Breakers } from "@/core/gateway/routing/breaker.ts";
import { type Facts, meets } from "@/core/gateway/routing/conditions.ts";
import type { BreakerSettings, RetrySettings } from "@/core/gateway/routing/settings.ts";
import {
  ask,
  attemptsOf,
  callOf,
  chat,
  fails,
  ok,
  runRouted,
  scripted,
  statusOf,
} from "./fixture.ts";

Deno.test("load balance keeps to the weights", async () => {
  await using openai = await scripted(ok);
  await using groq = await scripted(ok);
  await using mistral = await scripted(ok);
  let point = 0;
  await using running = runRouted({
    route: {
      strategy: { mode: "loadbalance" },
      targets: [
        { provider: "openai", weight: 0.7 },
        { provider: "groq", weight: 0.3 },
        { provider: "mistral", weight: 0 },
      ],
    },
    upstreams: { openai: openai.url, groq: groq.url, mistral: mistral.url },
    random: () => (point++ % 10) / 10,
  });
  for (let i = 0; i < 20; i++) await statusOf(ask(running));
  expect([openai.seen.length, groq.seen.length, mistral.seen.length]).toEqual([14, 6, 0]);
});

Deno.test("load balance gives a failure to the client, and tries another only for what cannot be asked", async () => {
  await using openai = await scripted(fails(500));
  await using groq = await scripted(ok);
  const targets = [{ provider: "openai" }, { provider: "groq" }];
  await using running = runRouted({
    route: { strategy: { mode: "loadbalance" }, targets },
    upstreams: { openai: openai.url, groq: groq.url },
  });
  expect(await statusOf(ask(running))).toBe(500);
  expect(groq.seen.length).toBe(0);
  await using other = runRouted({
    route: {
      strategy: { mode: "loadbalance" },
      targets: [{ provider: "nobody" }, { provider: "groq" }],
    },
    upstreams: { groq: groq.url },
  });
  expect(await statusOf(ask(other))).toBe(200);
});

Deno.test("a condition chooses the target, by property, user and body", async () => {
  await using openai = await scripted(ok);
  await using groq = await scripted(ok);
  await using running = runRouted({
    route: {
      strategy: {
        mode: "conditional",
        conditions: [
          { query: { "metadata.plan": { $eq: "free" } }, then: "cheap" },
          { query: { $or: [{ user: "u7" }, { "params.temperature": { $gt: 1 } }] }, then: "cheap" },
        ],
        default: "good",
      },
      targets: [
        { name: "good", provider: "openai" },
        { name: "cheap", provider: "groq", override_params: { model: "llama" } },
      ],
    },
    upstreams: { openai: openai.url, groq: groq.url },
  });
  const target = async (headers: Record<string, string>, body: unknown = chat) => {
    const response = await ask(running, headers, body);
    await response.text();
    return response.headers.get("x-watchllm-target");
  };
  expect(await target({})).toBe("good");
  expect(await target({ "x-watchllm-property-plan": "free" })).toBe("cheap");
  expect(await target({ "x-portkey-metadata": '{"plan":"free"}' })).toBe("cheap");
  expect(await target({ "x-watchllm-property-plan": "paid" })).toBe("good");
  expect(await target({ "x-watchllm-user": "u7" })).toBe("cheap");
  expect(await target({}, { ...chat, temperature: 1.5 })).toBe("cheap");
  expect(running.log.records.map(({ event }) => event.data.route?.because)).toEqual([
    "No condition was met: it is the default.",
    "The call meets condition 1.",
    "The call meets condition 1.",
    "No condition was met: it is the default.",
    "The call meets condition 2.",
    "The call meets condition 2.",
  ]);
});

Deno.test("a call that meets no condition and has no default is refused", async () => {
  await using running = runRouted({
    route: {
      strategy: { mode: "conditional", conditions: [{ query: { user: "x" }, then: "a" }] },
      targets: [{ name: "a" }],
    },
    upstreams: { openai: "http://127.0.0.1:9" },
  });
  const response = await ask(running);
  expect(response.status).toBe(400);
  expect((await response.json()).error.code).toBe("route_unmet");
});

Deno.test("queries compare as they say", () => {
  const facts: Facts = {
    metadata: { plan: "paid", seats: "12" },
    params: { model: "gpt-4o", max_tokens: 100, nested: { a: [1] } },
    user: "u1",
    session: null,
    model: "gpt-4o",
    provider: "openai",
  };
  const met = (query: Record<string, unknown>) => meets(query, facts);
  expect(met({ "metadata.plan": { $in: ["paid", "pro"] }, model: { $regex: "^gpt-4" } })).toBe(
    true,
  );
  expect(met({ "metadata.plan": { $nin: ["paid"] } })).toBe(false);
  expect(met({ "metadata.seats": { $gte: 12, $lt: 13 } })).toBe(true);
  expect(met({ "metadata.none": { $ne: "x" } })).toBe(true);
  expect(met({ "metadata.none": { $gt: 1 } })).toBe(false);
  expect(met({ "params.max_tokens": 100 })).toBe(true);
  expect(met({ $and: [{ user: "u1" }, { $or: [{ provider: "x" }, { provider: "openai" }] }] }))
    .toBe(true);
  // What objects have by birth is no value.
  expect(met({ "params.constructor": { $ne: null } })).toBe(met({ "params.none": { $ne: null } }));
});

Deno.test("an open breaker passes its target over, tries it again after the pause, and closes", async () => {
  let replies = 0;
  const clock = { at: 0 };
  await using openai = await scripted((response) => {
    replies++;
    (replies <= 3 ? fails(500) : ok)(response);
  });
  await using groq = await scripted(ok);
  await using running = runRouted({
    route: {
      strategy: {
        mode: "fallback",
        cb_config: { failure_threshold: 2, cooldown_interval: 30_000 },
      },
      targets: [{ provider: "openai" }, { provider: "groq" }],
    },
    upstreams: { openai: openai.url, groq: groq.url },
    options: { ports: { monotonic: () => performance.now() + clock.at } },
  });
  const target = async () => {
    const response = await ask(running);
    await response.text();
    return [response.headers.get("x-watchllm-target"), openai.seen.length];
  };
  expect(await target()).toEqual(["groq", 1]);
  expect(await target()).toEqual(["groq", 2]);
  // Open: it is not asked at all.
  expect(await target()).toEqual(["groq", 2]);
  clock.at = 31_000;
  // Half open: one call tries, fails, and the pause begins again.
  expect(await target()).toEqual(["groq", 3]);
  expect(await target()).toEqual(["groq", 3]);
  clock.at = 62_000;
  expect(await target()).toEqual(["openai", 4]);
  expect(await target()).toEqual(["openai", 5]);
});

Deno.test("with all breakers open the first target is asked all the same", async () => {
  await using openai = await scripted(fails(500));
  await using running = runRouted({
    route: {
      strategy: { mode: "fallback", cb_config: { failure_threshold: 1 } },
      targets: [{ provider: "openai" }],
    },
    upstreams: { openai: openai.url },
  });
  for (let i = 0; i < 3; i++) expect(await statusOf(ask(running))).toBe(500);
  expect(openai.seen.length).toBe(3);
});

const breaker: BreakerSettings = {
  failure_threshold: 1_000,
  failure_threshold_percentage: 50,
  minimum_requests: 4,
  cooldown_interval: 30_000,
};

Deno.test("a breaker counts shares within a minute, and lets one call try", () => {
  let now = 0;
  const breakers = new Breakers(() => now);
  breakers.failed("a", breaker);
  breakers.failed("a", breaker);
  breakers.failed("a", breaker);
  // Three failures are too few requests to judge by.
  expect(breakers.allows("a", breaker)).toBe(true);
  now = 61_000;
  breakers.failed("a", breaker);
  expect(breakers.allows("a", breaker)).toBe(true);
  breakers.succeeded("a");
  breakers.failed("a", breaker);
  breakers.failed("a", breaker);
  expect(breakers.allows("a", breaker)).toBe(false);
  expect(breakers.allows("b", breaker)).toBe(true);
  now += 30_000;
  expect(breakers.allows("a", breaker)).toBe(true);
  expect(breakers.allows("a", breaker)).toBe(false);
  // The one that was to try left without a word: the next one tries.
  breakers.abandoned("a");
  expect(breakers.allows("a", breaker)).toBe(true);
  breakers.succeeded("a");
  expect(breakers.allows("a", breaker)).toBe(true);
  expect(breakers.allows("a", breaker)).toBe(true);
});

Deno.test("a wait is never longer than its bounds, and never shorter than the provider asks for", () => {
  const settings: RetrySettings = {
    attempts: 5,
    on_status_codes: [],
    use_retry_after_headers: true,
    min_delay: 500,
    max_delay: 8_000,
    factor: 2,
    jitter: true,
  };
  fc.assert(fc.property(
    fc.nat(4),
    fc.double({ min: 0, max: 0.999999, noNaN: true }),
    fc.option(fc.nat(120_000)),
    (retry, random, retryAfter) => {
      const delay = delayOf(settings, retry, retryAfter, () => random);
      if (retryAfter !== null && retryAfter > 60_000) return delay === null;
      return delay !== null && delay >= (retryAfter ?? 0) &&
        delay <= Math.max(retryAfter ?? 0, Math.min(8_000, 500 * 2 ** retry));
    },
  ));
  const plain = { ...settings, jitter: false, use_retry_after_headers: false };
  expect([0, 1, 2, 9].map((retry) => delayOf(plain, retry, 5_000, Math.random)))
    .toEqual([500, 1_000, 2_000, 8_000]);
});

Deno.test("a project whose settings cannot be read is told so, and nobody else's route is taken", async () => {
  await using openai = await scripted(ok);
  await using running = runRouted({
    upstreams: { openai: openai.url },
    options: { ports: { routing: () => Promise.reject(new Error("KV is away")) } },
  });
  const response = await ask(running);
  expect(response.status).toBe(503);
  expect((await response.json()).error.code).toBe("settings_unavailable");
  expect(openai.seen.length).toBe(0);
});

Deno.test("a call that is not for a model is not routed", async () => {
  await using openai = await scripted(fails(500));
  await using groq = await scripted(ok);
  await using running = runRouted({
    route: {
      strategy: { mode: "fallback" },
      targets: [{ provider: "openai" }, { provider: "groq" }],
    },
    upstreams: { openai: openai.url, groq: groq.url },
  });
  const response = await fetch(`${running.url}/v1/models`, {
    headers: { authorization: `Bearer ${(await import("../gateway/fixture.ts")).projectKey}` },
  });
  expect(response.status).toBe(500);
  await response.text();
  expect(groq.seen.length).toBe(0);
  expect(attemptsOf(running)).toEqual([]);
  expect(callOf(running).data.route).toBeUndefined();
});
