/** Answers of the Responses API say whose request they answer; a stored one must not say another's. */
import { expect } from "expect";
import { eventually, json, post, runUpstream } from "@/tests/gateway/fixture.ts";
import { type Cached, cachedGateway, cacheOf } from "./fixture.ts";

const providerKeys = { openai: "sk-1" };
const ask = { model: "gpt-4o", temperature: 0, input: "Hi" };
const ann = { metadata: { ticket: "7" }, user: "ann" };
const bob = { metadata: { ticket: "8" }, safety_identifier: "bob" };

/** As the provider answers: what it was told of the caller stands in it. */
function answerTo(body: Uint8Array) {
  const { metadata = {}, user = null, safety_identifier = null } = JSON.parse(
    new TextDecoder().decode(body),
  );
  return {
    id: "resp_1",
    object: "response",
    status: "completed",
    model: "gpt-4o",
    temperature: 0.0,
    output: [{
      type: "message",
      id: "m1",
      role: "assistant",
      status: "completed",
      content: [{ type: "output_text", text: 'He said "user":"ann"', annotations: [] }],
    }],
    metadata,
    user,
    safety_identifier,
    usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 },
  };
}

const event = (value: { type: string }) =>
  `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`;

function streamTo(body: Uint8Array): string {
  const response = answerTo(body);
  const begun = { ...response, status: "in_progress", output: [] };
  return [
    { type: "response.created", response: begun },
    { type: "response.output_text.delta", item_id: "m1", delta: 'He said "user":"ann"' },
    { type: "response.completed", response },
  ].map(event).join("");
}

async function send({ url }: Cached, more: unknown) {
  const response = await post(`${url}/v1/responses`, { ...ask, ...Object(more) });
  return { cache: cacheOf(response), text: await response.text() };
}

Deno.test("a stored response says what its new caller said, in both forms", async () => {
  await using upstream = await runUpstream(({ body }, response) => {
    if (!JSON.parse(new TextDecoder().decode(body)).stream) return json(response, answerTo(body));
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(streamTo(body));
  });
  const bytes = (more: unknown) => new TextEncoder().encode(JSON.stringify(more));
  for (const stream of [false, true]) {
    await using cached = await cachedGateway({ upstreams: { openai: upstream.url }, providerKeys });
    const told = (more: unknown) =>
      stream ? streamTo(bytes(more)) : JSON.stringify(answerTo(bytes(more)));
    for (const [i, who] of [ann, bob, {}, ann].entries()) {
      const { cache, text } = await send(cached, { ...who, ...(stream && { stream }) });
      expect([cache, text]).toEqual([i === 0 ? "MISS" : "HIT", told(who)]);
    }
    // The other form is made of the stored one.
    const other = await send(cached, { ...bob, ...(!stream && { stream: true }) });
    expect(other.cache).toBe("HIT");
    expect(other.text).toContain('"safety_identifier":"bob"');
    expect(other.text).not.toContain('"ticket":"7"');
  }
});

Deno.test("responses to two users at one time are two calls", async () => {
  const gate = Promise.withResolvers<void>();
  await using upstream = await runUpstream(({ body }, response) => {
    gate.promise.then(() => json(response, answerTo(body)));
  });
  await using cached = await cachedGateway({ upstreams: { openai: upstream.url }, providerKeys });
  const asking = [ann, bob, ann].map((who) => send(cached, who));
  await eventually(
    () => upstream.seen.length === 2 && cached.running.gateway.open === 3,
    "two calls are made, and one waits",
  );
  gate.resolve();
  const answers = await Promise.all(asking);
  expect(answers.filter(({ cache }) => cache === "MISS").length).toBe(2);
  expect(upstream.seen.length).toBe(2);
  expect(answers.map(({ text }) => JSON.parse(text).metadata.ticket)).toEqual(["7", "8", "7"]);
});

Deno.test("a response that the provider did not keep is not given to who may go on from it", async () => {
  await using upstream = await runUpstream(({ body }, response) => json(response, answerTo(body)));
  await using cached = await cachedGateway({ upstreams: { openai: upstream.url }, providerKeys });
  expect((await send(cached, { store: false })).cache).toBe("MISS");
  expect((await send(cached, {})).cache).toBe("MISS");
  expect((await send(cached, { store: true })).cache).toBe("HIT");
  expect((await send(cached, { store: false })).cache).toBe("HIT");
});
