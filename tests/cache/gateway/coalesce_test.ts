import { expect } from "expect";
import type http from "node:http";
import {
  chatAnswer,
  eventually,
  json,
  post,
  projectKey,
  runUpstream,
} from "@/tests/gateway/fixture.ts";
import { standingConnections } from "@/tools/web/standing_connections.ts";
import { cachedGateway, cacheOf } from "./fixture.ts";

const providerKeys = { openai: "sk-1" };
const ask = (more: Record<string, unknown> = {}) => ({
  model: "gpt-4o",
  temperature: 0,
  messages: [{ role: "user", content: "Hi" }],
  ...more,
});
const chunk = (delta: unknown, finish: string | null = null) =>
  `data: ${
    JSON.stringify({
      id: "c1",
      object: "chat.completion.chunk",
      model: "gpt-4o",
      choices: [{ index: 0, delta, finish_reason: finish }],
    })
  }\n\n`;
const pieces = [
  chunk({ role: "assistant", content: "" }),
  chunk({ content: "Hel" }),
  chunk({ content: "lo" }),
  chunk({}, "stop"),
];
const usage = `data: ${
  JSON.stringify({
    id: "c1",
    model: "gpt-4o",
    choices: [],
    usage: { prompt_tokens: 2_000, completion_tokens: 300, total_tokens: 2_300 },
  })
}\n\n`;
const whole = [...pieces, "data: [DONE]\n\n"].join("");

/** Answers that wait until the test lets them go on. */
function gatedUpstream(answer: (response: http.ServerResponse, gate: Promise<void>) => void) {
  const gate = Promise.withResolvers<void>();
  return {
    open: gate.resolve,
    run: () => runUpstream((_, response) => answer(response, gate.promise)),
  };
}

/** A stream of which the second half waits. */
function halvedUpstream() {
  return gatedUpstream((response, gate) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(pieces.slice(0, 2).join(""));
    gate.then(() => response.end([...pieces.slice(2), "data: [DONE]\n\n"].join("")));
  });
}

Deno.test("1,000 identical requests at one time make one call, each with its own event", async () => {
  const { open, run } = gatedUpstream((response, gate) => {
    gate.then(() => json(response, chatAnswer));
  });
  await using upstream = await run();
  await using cached = await cachedGateway({ upstreams: { openai: upstream.url }, providerKeys });
  const asking = Array.from({ length: 1_000 }, async () => {
    const response = await post(`${cached.url}/v1/chat/completions`, ask());
    return { cache: cacheOf(response), id: (await response.json()).id };
  });
  await eventually(() => cached.running.gateway.open === 1_000, "all have arrived");
  open();
  const answers = await Promise.all(asking);
  expect(upstream.seen.length).toBe(1);
  expect(answers.filter(({ cache }) => cache === "MISS").length).toBe(1);
  expect(answers.filter(({ cache }) => cache === "HIT-COALESCED").length).toBe(999);
  expect(new Set(answers.map(({ id }) => id))).toEqual(new Set([chatAnswer.id]));
  const events = cached.running.log.records.map(({ event }) => event);
  expect(new Set(events.map(({ id }) => id)).size).toBe(1_000);
  const coalesced = events.filter(({ data }) => data.cache === "HIT-COALESCED");
  const miss = events.find(({ data }) => data.cache === "MISS");
  expect(coalesced.every(({ data }) => data.cost.usd === "0")).toBe(true);
  expect(new Set(coalesced.map(({ data }) => data.saved_cost_usd)))
    .toEqual(new Set([miss?.data.cost.usd]));
});

Deno.test("1,000 identical streams make one call; who comes late gets what has passed", async () => {
  const { open, run } = gatedUpstream((response, gate) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(pieces.slice(0, 2).join(""));
    gate.then(() => response.end([...pieces.slice(2), usage, "data: [DONE]\n\n"].join("")));
  });
  await using upstream = await run();
  await using cached = await cachedGateway({ upstreams: { openai: upstream.url }, providerKeys });
  const send = async () => {
    const response = await post(`${cached.url}/v1/chat/completions`, ask({ stream: true }));
    return { cache: cacheOf(response), text: await response.text() };
  };
  const early = Array.from({ length: 500 }, send);
  await eventually(() => upstream.seen.length === 1, "the call was made");
  const late = Array.from({ length: 500 }, send);
  await eventually(() => cached.running.gateway.open >= 1_000, "all have arrived");
  open();
  const answers = await Promise.all([...early, ...late]);
  expect(upstream.seen.length).toBe(1);
  expect(new Set(answers.map(({ text }) => text))).toEqual(new Set([whole]));
  expect(answers.filter(({ cache }) => cache === "HIT-COALESCED").length).toBe(999);
  expect(cached.running.log.records.length).toBe(1_000);
  // What the provider told of its usage, the clients had not asked for; their events tell it all the same.
  const events = cached.running.log.records.map(({ event: { data } }) => data);
  const miss = events.find(({ cache }) => cache === "MISS");
  expect(miss?.usage.buckets).toMatchObject({ input: 2_000, output: 300 });
  const coalesced = events.filter(({ cache }) => cache === "HIT-COALESCED");
  expect(new Set(coalesced.map(({ saved_cost_usd }) => saved_cost_usd)))
    .toEqual(new Set([miss?.cost.usd]));
  expect(coalesced.at(-1)).toMatchObject({ usage: miss?.usage, cost: { usd: "0" } });
});

Deno.test("a stream that asks for usage and one that does not are calls of their own", async () => {
  const { open, run } = gatedUpstream((response, gate) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    gate.then(() => response.end([...pieces, usage, "data: [DONE]\n\n"].join("")));
  });
  await using upstream = await run();
  await using cached = await cachedGateway({ upstreams: { openai: upstream.url }, providerKeys });
  const send = async (more: Record<string, unknown>) =>
    await (await post(`${cached.url}/v1/chat/completions`, ask({ stream: true, ...more }))).text();
  const asking = [send({}), send({ stream_options: { include_usage: true } })];
  await eventually(() => upstream.seen.length === 2, "both calls were made");
  open();
  const [plain, told] = await Promise.all(asking);
  expect(plain).toBe(whole);
  expect(told).toContain('"prompt_tokens":2000');
  // What is stored serves both.
  expect(await send({})).toBe(whole);
  expect(await send({ stream_options: { include_usage: true } })).toBe(told);
  expect(upstream.seen.length).toBe(2);
});

Deno.test("the first client leaves: the others get the whole answer, and nobody asks again", async () => {
  const { open, run } = halvedUpstream();
  await using upstream = await run();
  await using cached = await cachedGateway({ upstreams: { openai: upstream.url }, providerKeys });
  const leaving = new AbortController();
  const first = await fetch(`${cached.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${projectKey}` },
    body: JSON.stringify(ask({ stream: true })),
    signal: leaving.signal,
  });
  const reading = first.text().catch(() => "left");
  const followers = Array.from({ length: 5 }, async () => {
    const response = await post(`${cached.url}/v1/chat/completions`, ask({ stream: true }));
    return await response.text();
  });
  await eventually(() => cached.running.gateway.open === 6, "all follow");
  leaving.abort();
  expect(await reading).toBe("left");
  open();
  expect(new Set(await Promise.all(followers))).toEqual(new Set([whole]));
  expect(upstream.seen.length).toBe(1);
  await eventually(() => cached.running.log.records.length === 6, "every call is recorded");
  const hit = await post(`${cached.url}/v1/chat/completions`, ask({ stream: true }));
  expect([cacheOf(hit), await hit.text()]).toEqual(["HIT", whole]);
});

Deno.test("the first client leaves its stream: connections are looked at meanwhile, and the others get all of it", async () => {
  const { open, run } = halvedUpstream();
  await using upstream = await run();
  let looks = 0;
  await using cached = await cachedGateway({
    upstreams: { openai: upstream.url },
    providerKeys,
    ports: {
      async standingConnections() {
        looks++;
        return await standingConnections();
      },
    },
  });
  const leaving = new AbortController();
  const first = await fetch(`${cached.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${projectKey}` },
    body: JSON.stringify(ask({ stream: true })),
    signal: leaving.signal,
  });
  await first.body?.getReader().read();
  const follower = post(`${cached.url}/v1/chat/completions`, ask({ stream: true }));
  await eventually(() => cached.running.gateway.open === 2, "one follows");
  const response = await follower;
  leaving.abort();
  const before = looks;
  // The server has closed the first request by then, and no longer says where it came from.
  await eventually(() => looks >= before + 2, "connections are looked at");
  open();
  expect(await response.text()).toBe(whole);
  expect(upstream.seen.length).toBe(1);
});

Deno.test("when all have left, the provider is let go", async () => {
  const { run } = gatedUpstream((response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(pieces[0]);
  });
  await using upstream = await run();
  await using cached = await cachedGateway({ upstreams: { openai: upstream.url }, providerKeys });
  const leave = Array.from({ length: 3 }, () => new AbortController());
  const calls = await Promise.all(
    leave.map((controller) =>
      fetch(`${cached.url}/v1/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${projectKey}` },
        body: JSON.stringify(ask({ stream: true })),
        signal: controller.signal,
      })
    ),
  );
  const reading = calls.map((response) => response.text().catch(() => "left"));
  for (const controller of leave) controller.abort();
  await Promise.all(reading);
  await eventually(() => upstream.left === 1, "the provider's connection was closed");
  await eventually(() => cached.running.log.records.length === 3, "every call is recorded");
  const types = cached.running.log.records.map(({ event }) => event.type);
  expect(new Set(types)).toEqual(new Set(["call.aborted"]));
});

Deno.test("what fails for the first fails for those who follow, each with its own event", async () => {
  const { open, run } = gatedUpstream((response, gate) => {
    gate.then(() => response.destroy());
  });
  await using upstream = await run();
  await using cached = await cachedGateway({ upstreams: { openai: upstream.url }, providerKeys });
  const asking = Array.from({ length: 4 }, async () => {
    const response = await post(`${cached.url}/v1/chat/completions`, ask());
    return { status: response.status, body: await response.json() };
  });
  await eventually(() => cached.running.gateway.open === 4, "all wait");
  open();
  for (const { status, body } of await Promise.all(asking)) {
    expect([status, body.error.code]).toEqual([502, "upstream_broken"]);
  }
  expect(upstream.seen.length).toBe(1);
  const events = cached.running.log.records.map(({ event }) => event);
  expect(events.map(({ type }) => type)).toEqual(Array(4).fill("call.failed"));
  expect(new Set(events.map(({ id }) => id)).size).toBe(4);
});

Deno.test("a provider's error reaches those who follow as it is, and is not stored", async () => {
  const { open, run } = gatedUpstream((response, gate) => {
    gate.then(() => json(response, { error: { message: "Slow down", type: "rate" } }, 429));
  });
  await using upstream = await run();
  await using cached = await cachedGateway({ upstreams: { openai: upstream.url }, providerKeys });
  const asking = Array.from({ length: 3 }, async () => {
    const response = await post(`${cached.url}/v1/chat/completions`, ask());
    return { status: response.status, body: await response.json() };
  });
  await eventually(() => cached.running.gateway.open === 3, "all wait");
  open();
  for (const { status, body } of await Promise.all(asking)) {
    expect([status, body.error.message]).toEqual([429, "Slow down"]);
  }
  expect(upstream.seen.length).toBe(1);
  const saved = cached.running.log.records.map(({ event }) => event.data.saved_cost_usd ?? null);
  expect(saved).toEqual([null, null, null]);
  const next = await post(`${cached.url}/v1/chat/completions`, ask());
  await next.text();
  expect(cacheOf(next)).toBe("MISS");
});

Deno.test("a stream that breaks breaks for those who follow", async () => {
  const { open, run } = gatedUpstream((response, gate) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(pieces.slice(0, 2).join(""));
    gate.then(() => response.destroy());
  });
  await using upstream = await run();
  await using cached = await cachedGateway({ upstreams: { openai: upstream.url }, providerKeys });
  const asking = Array.from({ length: 3 }, async () => {
    const response = await post(`${cached.url}/v1/chat/completions`, ask({ stream: true }));
    return await response.text().then(() => "whole", () => "broken");
  });
  await eventually(() => cached.running.gateway.open === 3, "all follow");
  open();
  expect(await Promise.all(asking)).toEqual(["broken", "broken", "broken"]);
  await eventually(() => cached.running.log.records.length === 3, "every call is recorded");
  const types = cached.running.log.records.map(({ event }) => event.type);
  expect(new Set(types)).toEqual(new Set(["call.failed"]));
});

Deno.test("requests of two projects never share a call", async () => {
  const { open, run } = gatedUpstream((response, gate) => {
    gate.then(() => json(response, chatAnswer));
  });
  await using upstream = await run();
  const other = projectKey.replace("a1", "b2");
  await using cached = await cachedGateway({
    upstreams: { openai: upstream.url },
    providerKeys,
    ports: {
      keys: {
        verify: (key) => ({
          project: key === other ? "p2" : "p1",
          keyId: "k",
          environment: "live",
        }),
      },
    },
  });
  const send = async (key: string) =>
    cacheOf(
      await post(`${cached.url}/v1/chat/completions`, ask(), { authorization: `Bearer ${key}` })
        .then(async (response) => {
          await response.text();
          return response;
        }),
    );
  const asking = [projectKey, other].map(send);
  await eventually(() => upstream.seen.length === 2, "both calls were made");
  open();
  expect(await Promise.all(asking)).toEqual(["MISS", "MISS"]);
});
