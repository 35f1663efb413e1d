/** Which answers are kept: whole ones, each of them where there are several, and no refusal. */
import { expect } from "expect";
import { json, post, runUpstream } from "@/tests/gateway/fixture.ts";
import { type Cached, cachedGateway, cacheOf } from "./fixture.ts";

const providerKeys = { openai: "sk-1", anthropic: "sk-2", google: "g-3" };
const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
const choice = (index: number, finish_reason: string | null, message: unknown = {}) => ({
  index,
  message: { role: "assistant", content: "Hello", ...Object(message) },
  finish_reason,
});
const chat = (...choices: unknown[]) => ({ id: "c1", model: "gpt-4o", choices, usage });
const event = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
const delta = (index: number, part: unknown, finish_reason: string | null = null) =>
  event({ id: "c1", model: "gpt-4o", choices: [{ index, delta: part, finish_reason }] });
const response = (part: unknown, more: Record<string, unknown> = {}) => ({
  id: "resp_1",
  object: "response",
  status: "completed",
  model: "gpt-4o",
  output: [{ type: "message", id: "m1", role: "assistant", content: [part] }],
  ...more,
});
const said = { type: "output_text", text: "Hello", annotations: [] };
const message = (stop_reason: string) => ({
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "claude-sonnet-4-5",
  content: [{ type: "text", text: "Hello" }],
  stop_reason,
  usage: { input_tokens: 1, output_tokens: 1 },
});
const candidate = (index: number, finishReason: string) => ({
  index,
  content: { role: "model", parts: [{ text: "Hello" }] },
  finishReason,
});

const chats = "/v1/chat/completions";
const gemini = "/v1beta/models/gemini-2.5-flash:generateContent";
const messages = [{ role: "user", content: "Hi" }];
const asks: Readonly<Record<string, Record<string, unknown>>> = {
  [chats]: { model: "gpt-4o", temperature: 0, messages },
  "/v1/responses": { model: "gpt-4o", temperature: 0, input: "Hi" },
  "/v1/messages": { model: "claude-sonnet-4-5", max_tokens: 9, temperature: 0, messages },
  [gemini]: {
    generationConfig: { temperature: 0 },
    contents: [{ role: "user", parts: [{ text: "Hi" }] }],
  },
};

/** What the cache says of one request, asked twice: `HIT` when the answer was kept. */
async function again(
  path: string,
  answer: unknown,
  settings: unknown = {},
): Promise<string | null> {
  const isStream = typeof answer === "string";
  await using upstream = await runUpstream((_, out) => {
    if (!isStream) return json(out, answer);
    out.writeHead(200, { "content-type": "text/event-stream" });
    out.end(answer);
  });
  const { url } = upstream;
  await using cached = await cachedGateway({
    upstreams: { openai: url, anthropic: url, google: url },
    providerKeys,
    settings,
  });
  const ask = async (at: Cached) => {
    const got = await post(`${at.url}${path}`, {
      ...asks[path],
      ...(isStream && { stream: true }),
    });
    await got.text();
    return cacheOf(got);
  };
  expect(await ask(cached)).toBe("MISS");
  return await ask(cached);
}

const end = "data: [DONE]\n\n";

Deno.test("of several answers to one request each must have ended by itself", async () => {
  expect(await again(chats, chat(choice(0, "stop"), choice(1, "tool_calls")))).toBe("HIT");
  expect(await again(chats, chat(choice(0, "content_filter"), choice(1, "stop")))).toBe("MISS");
  expect(await again(chats, chat(choice(0, null), choice(1, "stop")))).toBe("MISS");
  const both = delta(0, { content: "a" }) + delta(1, { content: "b" }) + delta(0, {}, "stop");
  expect(await again(chats, both + end)).toBe("MISS");
  expect(await again(chats, both + delta(1, {}, "stop") + end)).toBe("HIT");
  const candidates = (...list: unknown[]) => ({ candidates: list });
  expect(await again(gemini, candidates(candidate(0, "STOP"), candidate(1, "STOP")))).toBe("HIT");
  expect(await again(gemini, candidates(candidate(0, "SAFETY"), candidate(1, "STOP")))).toBe(
    "MISS",
  );
});

Deno.test("a refusal that ends like an answer is not kept", async () => {
  const refusal = { content: null, refusal: "I cannot help with that." };
  expect(await again(chats, chat(choice(0, "stop", refusal)))).toBe("MISS");
  expect(await again(chats, chat(choice(0, "stop", { refusal: null })))).toBe("HIT");
  expect(await again(chats, delta(0, { refusal: "I cannot" }) + delta(0, {}, "stop") + end))
    .toBe("MISS");
  const refused = response({ type: "refusal", refusal: "I cannot help with that." });
  expect(await again("/v1/responses", refused)).toBe("MISS");
  const last = event({ type: "response.completed", response: refused });
  expect(await again("/v1/responses", last)).toBe("MISS");
  expect(await again("/v1/responses", response(said))).toBe("HIT");
});

Deno.test("an answer that was cut at its limit of tokens is kept only where the project says so", async () => {
  const incomplete = { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } };
  const cut: readonly (readonly [string, unknown])[] = [
    [chats, chat(choice(0, "length"))],
    ["/v1/responses", response(said, incomplete)],
    ["/v1/messages", message("max_tokens")],
    [gemini, { candidates: [candidate(0, "MAX_TOKENS")] }],
  ];
  for (const [path, answer] of cut) {
    expect([path, await again(path, answer)]).toEqual([path, "MISS"]);
    expect([path, await again(path, answer, { keep_truncated: true })]).toEqual([path, "HIT"]);
  }
});
