import { expect } from "expect";
import { serveSimulator } from "@/tools/simulator/serve.ts";
import { createSimulator } from "@/tools/simulator/simulator.ts";
import { events, post, user } from "./ask.ts";

const question = { model: "gpt-4o", messages: user("Hello"), max_tokens: 50 };
const gemini = "/v1beta/models/gemini-2.5-flash:generateContent";

for (const status of [400, 401, 429, 500, 503]) {
  Deno.test(`status ${status} is answered in each provider's own error shape`, async () => {
    const simulator = createSimulator();
    const headers = { "x-simulate": `status=${status}` };
    const openai = await post(simulator, "/v1/chat/completions", question, headers);
    const anthropic = await post(simulator, "/v1/messages", question, headers);
    const google = await post(simulator, gemini, { contents: [] }, headers);
    expect([openai.status, anthropic.status, google.status]).toEqual([status, status, status]);
    expect((await openai.json()).error).toMatchObject({
      message: expect.any(String),
      type: expect.any(String),
    });
    expect(await anthropic.json()).toMatchObject({
      type: "error",
      error: { type: expect.any(String) },
      request_id: expect.stringMatching(/^req_/),
    });
    expect((await google.json()).error).toMatchObject({
      code: status,
      status: expect.stringMatching(/^[A-Z_]+$/),
    });
    expect(simulator.bills.map((bill) => bill.status)).toEqual([status, status, status]);
    expect(simulator.bills.every((bill) => bill.buckets.output === 0)).toBe(true);
  });
}

Deno.test("controls may stand behind the model's name, which is then answered without them", async () => {
  const simulator = createSimulator();
  const body = { ...question, model: "gpt-4o!tokens=7!think=0" };
  const answer = await (await post(simulator, "/v1/chat/completions", body)).json();
  expect(answer.usage.completion_tokens).toBe(7);
  expect(simulator.bills[0]).toMatchObject({ requestedModel: "gpt-4o" });
  const refused = await post(simulator, "/v1/messages", {
    ...question,
    model: "claude-haiku-4-5!status=529",
  });
  expect(refused.status).toBe(529);
  expect((await refused.json()).error.type).toBe("overloaded_error");
});

Deno.test("a control that does not exist is refused loudly", async () => {
  const body = { ...question, model: "gpt-4o!speling=1" };
  await expect(post(createSimulator(), "/v1/chat/completions", body)).rejects.toThrow("speling");
});

Deno.test("a key of a wrong form is refused when that is asked for", async () => {
  const simulator = createSimulator({ keys: "check" });
  const path = "/v1/chat/completions";
  const wrong = await post(simulator, path, question, { authorization: "Bearer nonsense" });
  const right = await post(simulator, path, question, {
    authorization: "Bearer sk-test-0123456789",
  });
  await right.body?.cancel();
  expect(wrong.status).toBe(401);
  expect((await wrong.json()).error.code).toBe("invalid_api_key");
  expect(right.status).toBe(200);
  const google = await post(simulator, gemini, { contents: [] }, { "x-goog-api-key": "x" });
  expect(google.status).toBe(400);
  await google.body?.cancel();
});

Deno.test("broken JSON and missing fields get the provider's 400", async () => {
  const simulator = createSimulator();
  const broken = await post(simulator, "/v1/chat/completions", "{not json");
  const missing = await post(simulator, "/v1/chat/completions", { model: "gpt-4o" });
  const noLimit = await post(simulator, "/v1/messages", {
    model: "claude-haiku-4-5",
    messages: user("Hi"),
  });
  expect([broken.status, missing.status, noLimit.status]).toEqual([400, 400, 400]);
  expect((await missing.json()).error.param).toBe("messages");
  expect((await noLimit.json()).error.message).toContain("max_tokens");
  await broken.body?.cancel();
});

Deno.test("a stream that dies breaks the connection and is billed as far as it came", async () => {
  const served = serveSimulator();
  try {
    const response = await fetch(`${served.url}/v1/chat/completions`, {
      method: "POST",
      body: JSON.stringify({ ...question, model: "gpt-4o!die=4!tokens=20", stream: true }),
    });
    await expect(response.text()).rejects.toThrow();
    expect(served.bills[0]).toMatchObject({ complete: false, buckets: { output: 3 } });
  } finally {
    await served.close();
  }
});

Deno.test("a stream that hangs ends when the client goes", async () => {
  const served = serveSimulator();
  try {
    const gone = new AbortController();
    const response = await fetch(`${served.url}/v1/messages`, {
      method: "POST",
      body: JSON.stringify({ ...question, model: "claude-haiku-4-5!hang=3", stream: true }),
      signal: gone.signal,
    });
    const reader = response.body?.getReader();
    expect((await reader?.read())?.done).toBe(false);
    gone.abort();
    await reader?.read().catch(() => {});
    const deadline = Date.now() + 120_000;
    while (served.bills.length === 0 && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(served.bills[0]).toMatchObject({ complete: false });
  } finally {
    await served.close();
  }
});

Deno.test("a stream that fails on its way says so in an event", async () => {
  const simulator = createSimulator();
  const body = { ...question, model: "claude-haiku-4-5!fail=4", stream: true };
  const streamed = await events(await post(simulator, "/v1/messages", body));
  expect(streamed.at(-1)).toMatchObject({ type: "error", error: { type: "overloaded_error" } });
});

Deno.test("dribbled bytes and gzip carry the same answer", async () => {
  const path = "/v1/chat/completions";
  const plain = await (await post(createSimulator(), path, question)).text();
  const dribbled = await post(createSimulator(), path, question, { "x-simulate": "dribble=3" });
  const zipped = await post(createSimulator(), path, question, {
    "x-simulate": "encoding=gzip",
    "accept-encoding": "gzip",
  });
  const shape = (text: string) => JSON.parse(text).choices;
  expect(shape(await dribbled.text())).toEqual(shape(plain));
  expect(zipped.headers.get("content-encoding")).toBe("gzip");
  const body = zipped.body?.pipeThrough(new DecompressionStream("gzip"));
  expect(shape(await new Response(body).text())).toEqual(shape(plain));
});
