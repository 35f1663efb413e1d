import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import { expect } from "expect";
import OpenAI from "openai";
import { AppError } from "@/core/error.ts";
import { json, post, projectKey, runGateway, type Running, runUpstream } from "./fixture.ts";

const request = { model: "m", max_tokens: 5, messages: [{ role: "user" as const, content: "Hi" }] };

/** The error that each SDK raises for a call through the gateway. */
const sdks = {
  openai: (url: string, key: string) =>
    new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 }).chat.completions.create(
      request,
    ),
  anthropic: (url: string, key: string) =>
    new Anthropic({ baseURL: url, apiKey: key, maxRetries: 0 }).messages.create(request),
  google: (url: string, key: string) =>
    new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: url } }).models.generateContent({
      model: "m",
      contents: "Hi",
    }),
} as const;

// deno-lint-ignore no-explicit-any -- three SDKs' error classes have nothing in common but this test
async function raised(call: Promise<unknown>): Promise<any> {
  try {
    await call;
  } catch (error) {
    return error;
  }
  throw new Error("The SDK raised nothing");
}

const unknownKey = projectKey.replace("s3", "x9");

Deno.test("an unknown key is 401 in each SDK's own class, and leaves no event", async () => {
  await using running = runGateway();
  const openai = await raised(sdks.openai(running.url, unknownKey));
  expect(openai).toBeInstanceOf(OpenAI.AuthenticationError);
  expect(openai.code).toBe("key_unknown");
  expect(openai.requestID).toMatch(/^[0-9A-Z]{26}$/);
  const anthropic = await raised(sdks.anthropic(running.url, unknownKey));
  expect(anthropic).toBeInstanceOf(Anthropic.AuthenticationError);
  expect(anthropic.error.error.type).toBe("authentication_error");
  expect(anthropic.requestID).toMatch(/^[0-9A-Z]{26}$/);
  const google = await raised(sdks.google(running.url, unknownKey));
  expect(google.status).toBe(401);
  expect(google.message).toContain("UNAUTHENTICATED");
  for (const error of [openai, anthropic, google]) {
    expect(error.message).toContain("project key is not known");
    expect(error.message).not.toContain(unknownKey);
  }
  expect(running.log.records).toEqual([]);
});

Deno.test("a missing key is 401 and says where to put one", async () => {
  await using running = runGateway();
  for (const headers of [{}, { authorization: "Bearer sk-mine" }, { authorization: "" }]) {
    const response = await post(`${running.url}/v1/chat/completions`, request, headers);
    expect(response.status).toBe(401);
    expect((await response.json()).error.code).toBe("key_missing");
  }
});

Deno.test("an unknown provider is 404 with one event", async () => {
  await using running = runGateway();
  const response = await post(`${running.url}/proxy/nobody/v1/chat/completions`, request);
  expect(response.status).toBe(404);
  expect((await response.json()).error).toMatchObject({ code: "provider_unknown" });
  expect(running.log.only.event).toMatchObject({
    type: "call.failed",
    data: { provider: "nobody", status_code: 404, error: { code: "provider_unknown" } },
  });
});

Deno.test("a body over the limit is 413, declared or streamed, with one event each", async () => {
  await using upstream = await runUpstream((_, response) => json(response, {}));
  await using running = runGateway({ upstreams: { anthropic: upstream.url }, maxBody: 1_000 });
  const url = `${running.url}/v1/messages`;
  const headers = { "x-api-key": projectKey };
  const declared = await post(url, "x".repeat(1_001), headers);
  expect(declared.status).toBe(413);
  expect(await declared.json()).toMatchObject({
    type: "error",
    error: { type: "request_too_large", code: "body_too_large", details: { limit_bytes: 1_000 } },
  });
  const streamed = await fetch(url, {
    method: "POST",
    headers,
    body: new Blob(["x".repeat(600), "y".repeat(600)]).stream(),
  });
  expect(streamed.status).toBe(413);
  await streamed.body?.cancel();
  const within = await post(url, "x".repeat(1_000), headers);
  expect([within.status, await within.text()]).toEqual([200, "{}"]);
  expect(running.log.records.map(({ event }) => event.data.status_code)).toEqual([413, 413, 200]);
  expect(upstream.seen.length).toBe(1);
});

Deno.test("broken JSON goes to the provider as it is and is recorded", async () => {
  const complaint = {
    error: { message: "We could not parse the JSON body", type: "invalid_request_error" },
  };
  await using upstream = await runUpstream((_, response) => json(response, complaint, 400));
  await using running = runGateway({ upstreams: { openai: upstream.url } });
  const broken = '{"model": "gpt-4o", "messages": [';
  const response = await post(`${running.url}/v1/chat/completions`, broken);
  expect(response.status).toBe(400);
  expect(await response.json()).toEqual(complaint);
  expect(new TextDecoder().decode(upstream.seen[0]?.body)).toBe(broken);
  const { event, payloads } = running.log.only;
  expect(event).toMatchObject({
    type: "call.failed",
    data: {
      model: "",
      status_code: 400,
      error: { code: "invalid_request_error", origin: "provider" },
    },
  });
  expect(new TextDecoder().decode(payloads.request?.bytes)).toBe(broken);
});

Deno.test("a provider that refuses the connection is 502 in each SDK's shape, with one event", async () => {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const url = `http://127.0.0.1:${listener.addr.port}`;
  listener.close();
  await using running = runGateway({ upstreams: { openai: url, anthropic: url, google: url } });
  const openai = await raised(sdks.openai(running.url, projectKey));
  expect(openai).toBeInstanceOf(OpenAI.InternalServerError);
  expect([openai.status, openai.code]).toEqual([502, "upstream_refused"]);
  expect(openai.headers.get("x-watchllm-provider")).toBe("openai");
  expect(openai.headers.get("x-watchllm-cache")).toBe("BYPASS");
  expect(openai.headers.get("server-timing")).toMatch(/^gateway;dur=\d/);
  const anthropic = await raised(sdks.anthropic(running.url, projectKey));
  expect(anthropic).toBeInstanceOf(Anthropic.InternalServerError);
  expect(anthropic.error.error.code).toBe("upstream_refused");
  const google = await raised(sdks.google(running.url, projectKey));
  expect(google.status).toBe(502);
  expectFailures(running, "upstream_refused", [502, 502, 502]);
});

Deno.test("a provider that hangs is 504 after the timeout, before and after its head", async () => {
  await using upstream = await runUpstream(({ path }, response) => {
    if (path.includes("head")) {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("data: {}\n\n");
    }
  });
  await using running = runGateway({ upstreams: { openai: upstream.url }, timeout: 1_000 });
  const silent = await post(`${running.url}/v1/chat/completions`, request);
  expect(silent.status).toBe(504);
  expect((await silent.json()).error.code).toBe("upstream_timeout");
  const begun = await post(`${running.url}/v1/chat/completions?head`, { ...request, stream: true });
  expect(begun.status).toBe(200);
  await expect(begun.text()).rejects.toThrow();
  expectFailures(running, "upstream_timeout", [504, 200]);
});

Deno.test("a provider that dies before it answers, or inside a short answer, is 502", async () => {
  await using upstream = await runUpstream(({ path }, response) => {
    if (path.includes("inside")) {
      response.writeHead(200, { "content-type": "application/json", "content-length": 100 });
      response.write('{"id":');
    }
    setTimeout(() => response.destroy(), 20);
  });
  await using running = runGateway({ upstreams: { openai: upstream.url } });
  const before = await post(`${running.url}/v1/chat/completions`, request);
  expect(before.status).toBe(502);
  await before.body?.cancel();
  const inside = await post(`${running.url}/v1/chat/completions?inside`, request);
  if (inside.status === 502) await inside.body?.cancel();
  // A body that was slow in coming had its head sent on: then the client must see it break.
  else await expect(inside.text()).rejects.toThrow();
  expect(running.log.records.map(({ event }) => event.type)).toEqual([
    "call.failed",
    "call.failed",
  ]);
});

Deno.test("a provider's error passes unchanged, and an echoed key is masked in the event", async () => {
  const error = {
    error: {
      message: "Incorrect API key provided: sk-CANARY123456",
      type: "invalid_request_error",
      code: "invalid_api_key",
    },
  };
  await using upstream = await runUpstream((_, response) => json(response, error, 401));
  await using running = runGateway({ upstreams: { openai: upstream.url } });
  const response = await post(`${running.url}/v1/chat/completions`, request);
  expect(response.status).toBe(401);
  expect(await response.json()).toEqual(error);
  const { event } = running.log.only;
  expect(event.data.error).toMatchObject({ code: "invalid_api_key", origin: "provider" });
  expect(JSON.stringify(event)).not.toContain("CANARY");
});

Deno.test("a client that never finishes its body is told so, with one event", async () => {
  await using running = runGateway({ ports: { bodyTimeout: 50 } });
  const connection = await Deno.connect({ hostname: "127.0.0.1", port: running.port });
  await connection.write(new TextEncoder().encode(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${projectKey}\r\ncontent-length: 10\r\n\r\n{`,
  ));
  const buffer = new Uint8Array(2_000);
  const read = await connection.read(buffer);
  expect(new TextDecoder().decode(buffer.subarray(0, read ?? 0))).toContain("408");
  connection.close();
  expect(running.log.only.event.data.error?.code).toBe("body_timeout");
});

Deno.test("a large body that stops coming is told so", async () => {
  await using running = runGateway({ ports: { bodyTimeout: 50 } });
  const connection = await Deno.connect({ hostname: "127.0.0.1", port: running.port });
  await connection.write(new TextEncoder().encode(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${projectKey}\r\n` +
      `content-length: 5000000\r\n\r\n${" ".repeat(300_000)}`,
  ));
  const buffer = new Uint8Array(2_000);
  const read = await connection.read(buffer);
  expect(new TextDecoder().decode(buffer.subarray(0, read ?? 0))).toContain("408");
  connection.close();
  expect(running.log.only.event.data.error?.code).toBe("body_timeout");
});

Deno.test("a provider with an address for each customer names the variable to set", async () => {
  await using running = runGateway({ providerKeys: { azure: "k" } });
  const response = await post(`${running.url}/proxy/azure/openai/v1/responses`, request);
  expect(response.status).toBe(400);
  expect((await response.json()).error.message).toContain("WATCHLLM_UPSTREAM_AZURE");
});

function expectFailures(running: Running, code: string, statuses: readonly number[]): void {
  const { records } = running.log;
  expect(records.map(({ event }) => event.type)).toEqual(statuses.map(() => "call.failed"));
  expect(records.map(({ event }) => event.data.status_code)).toEqual(statuses);
  for (const { event } of records) {
    expect(event.data.error).toMatchObject({ code, origin: "network" });
  }
}

Deno.test("the operator is told what kept a call out of the log", async () => {
  await using provider = await runUpstream((_, response) => json(response, {}));
  await using running = runGateway({
    upstreams: { openai: provider.url },
    ports: {
      log: {
        pending: { events: 0, bytes: 0 },
        append: () =>
          Promise.reject(
            new AppError("log_unavailable", {}, { cause: new Error("database or disk is full") }),
          ),
        close: () => Promise.resolve(),
      },
    },
  });
  const answer = await post(`${running.url}/v1/chat/completions`, { model: "gpt-4o" });
  expect(answer.status).toBe(200);
  await answer.body?.cancel();
  expect(running.warnings.join()).toContain("database or disk is full");
});
