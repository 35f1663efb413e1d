/** What a call brings for its own way to the provider is nobody else's: neither its failure nor its answer. */
import { expect } from "expect";
import { gzipSync } from "node:zlib";
import { routingSchema } from "@/core/gateway/routing/settings.ts";
import {
  chatAnswer,
  eventually,
  json,
  post,
  projectKey,
  runUpstream,
  type Seen,
} from "@/tests/gateway/fixture.ts";
import { type Cached, cachedGateway, cacheOf } from "./fixture.ts";

const providerKeys = { openai: "sk-1" };
const messages = [{ role: "user", content: "Hi" }];
const chat = { model: "gpt-4o", temperature: 0, messages };
const routed = (config: unknown) => ({ "x-portkey-config": JSON.stringify(config) });
const asked = ({ body }: Seen) => JSON.parse(new TextDecoder().decode(body));

async function send({ url }: Cached, headers: Record<string, string> = {}, body: unknown = chat) {
  const response = await post(`${url}/v1/chat/completions`, body, {
    authorization: `Bearer ${projectKey}`,
    ...headers,
  });
  const { id, error } = await response.json();
  return { status: response.status, cache: cacheOf(response), id, error };
}

/** Two calls at one time: the second is asked while the first is on its way. */
async function together(
  answer: Parameters<typeof runUpstream>[0],
  first: Record<string, string>,
  second: Record<string, string>,
  expected: number,
) {
  const gate = Promise.withResolvers<void>();
  await using upstream = await runUpstream((request, response) => {
    gate.promise.then(() => answer(request, response));
  });
  await using cached = await cachedGateway({ upstreams: { openai: upstream.url }, providerKeys });
  const one = send(cached, first);
  await eventually(() => upstream.seen.length === 1, "the first is on its way");
  const two = send(cached, second);
  await eventually(
    () => upstream.seen.length === expected && cached.running.gateway.open === 2,
    "the second is on its way, or waits",
  );
  gate.resolve();
  return await Promise.all([one, two]);
}

Deno.test("a call with a provider key that is refused does not fail one with a key of its own", async () => {
  const own = (key: string) => ({ "x-watchllm-key": projectKey, authorization: `Bearer ${key}` });
  const answer: Parameters<typeof runUpstream>[0] = ({ headers }, response) =>
    headers.authorization === "Bearer good"
      ? json(response, chatAnswer)
      : json(response, { error: { message: "Incorrect API key" } }, 401);
  const [bad, good] = await together(answer, own("bad"), own("good"), 2);
  expect([bad.status, good.status, good.cache]).toEqual([401, 200, "MISS"]);
  const [one, other] = await together(answer, own("good"), own("good"), 1);
  expect([one.cache, other.status]).toEqual(["MISS", 200]);
  expect(other.cache).toMatch(/^HIT/);
});

Deno.test("who asked for no fallback is not given the answer of another's", async () => {
  const config = routed({
    strategy: { mode: "fallback" },
    targets: [{ provider: "openai" }, {
      provider: "openai",
      override_params: { model: "gpt-4o-mini" },
    }],
  });
  const [routedOne, plain] = await together(
    (request, response) =>
      asked(request).model === "gpt-4o"
        ? json(response, { error: { message: "down" } }, 500)
        : json(response, { ...chatAnswer, id: "other" }),
    config,
    {},
    2,
  );
  expect(routedOne).toMatchObject({ status: 200, id: "other" });
  expect(plain).toMatchObject({ status: 500, cache: "MISS", error: { message: "down" } });
});

Deno.test("who set no deadline does not fail by another's", async () => {
  const [hasty, patient] = await together(
    (_, response) => json(response, chatAnswer),
    { "x-portkey-request-timeout": "60000" },
    {},
    2,
  );
  expect([hasty.cache, patient.cache]).toEqual(["MISS", "MISS"]);
});

Deno.test("what a route sets in the body is part of the key, and of the rule for temperatures", async () => {
  await using upstream = await runUpstream((request, response) =>
    json(response, { ...chatAnswer, id: `at most ${asked(request).max_tokens}` })
  );
  await using cached = await cachedGateway({ upstreams: { openai: upstream.url }, providerKeys });
  const setting = (override_params: unknown) =>
    routed({ strategy: { mode: "single" }, targets: [{ provider: "openai", override_params }] });
  const short = setting({ max_tokens: 3 });
  expect(await send(cached, short)).toMatchObject({ cache: "MISS", id: "at most 3" });
  expect(await send(cached)).toMatchObject({ cache: "MISS", id: "at most undefined" });
  expect(await send(cached, short)).toMatchObject({ cache: "HIT", id: "at most 3" });
  expect(await send(cached)).toMatchObject({ cache: "HIT", id: "at most undefined" });
  // Whoever writes the same into the body asks the same.
  expect(await send(cached, {}, { ...chat, max_tokens: 3 })).toMatchObject({ cache: "HIT" });
  expect(await send(cached, setting({ temperature: 1 }))).toMatchObject({ cache: "BYPASS" });
});

Deno.test("the answer to what only a later target was asked is not kept for the first", async () => {
  let turn = 0;
  await using upstream = await runUpstream((request, response) =>
    turn++ === 0
      ? json(response, { error: { message: "down" } }, 500)
      : json(response, { ...chatAnswer, id: `at most ${asked(request).max_tokens}` })
  );
  await using cached = await cachedGateway({ upstreams: { openai: upstream.url }, providerKeys });
  const config = routed({
    strategy: { mode: "fallback" },
    targets: [{ provider: "openai" }, { provider: "openai", override_params: { max_tokens: 3 } }],
  });
  expect(await send(cached, config)).toMatchObject({ cache: "MISS", id: "at most 3" });
  expect(await send(cached)).toMatchObject({ cache: "MISS", id: "at most undefined" });
});

Deno.test("an answer that is too long to be joined late is asked for again", async () => {
  const gate = Promise.withResolvers<void>();
  const piece = (text: string, finish: string | null = null) =>
    `data: ${
      JSON.stringify({
        id: "c1",
        model: "gpt-4o",
        choices: [{ index: 0, delta: { content: text }, finish_reason: finish }],
      })
    }\n\n`;
  const long = piece("x".repeat(60_000));
  await using upstream = await runUpstream((_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    // More than is kept for those who come late.
    for (let i = 0; i < 180; i++) response.write(long);
    gate.promise.then(() => response.end(`${piece("", "stop")}data: [DONE]\n\n`));
  });
  await using cached = await cachedGateway({ upstreams: { openai: upstream.url }, providerKeys });
  const stream = () => post(`${cached.url}/v1/chat/completions`, { ...chat, stream: true });
  let bytes = 0;
  const first = await stream();
  const reading = (async () => {
    for await (const chunk of first.body ?? []) bytes += chunk.length;
  })();
  await eventually(() => bytes >= 180 * long.length, "all but the end has passed");
  const second = await stream();
  expect(cacheOf(second)).toBe("MISS");
  gate.resolve();
  await reading;
  expect((await second.arrayBuffer()).byteLength).toBe(bytes);
  expect(upstream.seen.length).toBe(2);
});

Deno.test("after another attempt, too, those who follow can read the answer, and it is kept", async () => {
  const gate = Promise.withResolvers<void>();
  let turn = 0;
  await using upstream = await runUpstream(({ headers }, response) => {
    if (turn++ === 0) return json(response, { error: { message: "down" } }, 500);
    gate.promise.then(() => {
      if (headers["accept-encoding"] === "identity") return json(response, chatAnswer);
      response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" });
      response.end(gzipSync(JSON.stringify(chatAnswer)));
    });
  });
  const routing = routingSchema.parse({
    targets: [{ provider: "openai" }],
    retry: { attempts: 1, on_status_codes: [500] },
  });
  await using cached = await cachedGateway({
    upstreams: { openai: upstream.url },
    providerKeys,
    ports: { routing: () => routing },
  });
  // `fetch` asks for compressed answers.
  const asking = [send(cached)];
  await eventually(() => upstream.seen.length === 2, "it is tried again");
  asking.push(send(cached));
  await eventually(() => cached.running.gateway.open === 2, "the second waits");
  gate.resolve();
  for (const { status, id } of await Promise.all(asking)) {
    expect([status, id]).toEqual([200, chatAnswer.id]);
  }
  expect(upstream.seen[1]?.headers["accept-encoding"]).toBe("identity");
  expect((await send(cached)).cache).toBe("HIT");
});
