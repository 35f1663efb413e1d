/** Headers that are kept with a call's event, and those that never are. */
import { expect } from "expect";
import { keepsRequestHeader, keptHeaders } from "@/core/gateway/kept_headers.ts";
import { json, projectKey, runGateway, runUpstream } from "./fixture.ts";

const answer = { id: "chatcmpl-1", model: "gpt-4o", choices: [] };
const chat = { model: "gpt-4o", messages: [{ role: "user", content: "Hello" }] };
const canary = "c4n4ryc4n4ryc4n4ryc4n4ry";

Deno.test("headers that help to understand a call are kept with its event, in both directions", async () => {
  await using upstream = await runUpstream((_, response) => {
    response.setHeader("X-Request-Id", "req_123");
    response.setHeader("OpenAI-Processing-Ms", "212");
    response.setHeader("X-RateLimit-Remaining-Requests", "9999");
    response.setHeader("X-Unheard-Of", "1");
    json(response, answer);
  });
  await using running = runGateway({
    upstreams: { openai: upstream.url },
    providerKeys: { openai: "pk-openai" },
  });
  await (await fetch(`${running.url}/v1/chat/completions`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${projectKey}`,
      "content-type": "application/json",
      "user-agent": "OpenAI/Python 2.7.1",
      "x-stainless-lang": "python",
      "openai-organization": "org-abc",
      "x-watchllm-cache-ttl": "60",
      "x-watchllm-retries": "1",
      "helicone-cache-enabled": "true",
      "x-unheard-of": "1",
    },
    body: JSON.stringify(chat),
  })).text();
  const { headers } = running.log.only.event.data;
  expect(headers?.request).toMatchObject({
    "content-type": "application/json",
    "user-agent": "OpenAI/Python 2.7.1",
    "x-stainless-lang": "python",
    "openai-organization": "org-abc",
    "x-watchllm-cache-ttl": "60",
    "x-watchllm-retries": "1",
    "helicone-cache-enabled": "true",
  });
  expect(headers?.response).toMatchObject({
    "content-type": expect.stringContaining("application/json"),
    "x-request-id": "req_123",
    "openai-processing-ms": "212",
    "x-ratelimit-remaining-requests": "9999",
  });
  expect(JSON.stringify(headers)).not.toContain("unheard");
});

/** Every place that may hold a secret, as far as anybody knows one. */
const secretNames = [
  "authorization",
  "proxy-authorization",
  "x-api-key",
  "api-key",
  "x-goog-api-key",
  "cookie",
  "set-cookie",
  "x-watchllm-key",
  "helicone-auth",
  "cf-aig-authorization",
  "x-portkey-api-key",
  "x-portkey-virtual-key",
  "x-bf-vk",
  "x-amz-security-token",
  "x-csrf-token",
  "x-auth-token",
  "authentication-info",
  "www-authenticate",
  // Whole configurations, which may bring keys.
  "x-watchllm-route",
  "x-portkey-config",
  "helicone-fallbacks",
];

Deno.test("headers that open something are kept in neither direction", () => {
  for (const name of secretNames) {
    expect([name, keepsRequestHeader(name)]).toEqual([name, false]);
    expect([name, keptHeaders(null, [name, canary])]).toEqual([name, null]);
    expect([name, keptHeaders(null, [name.toUpperCase(), canary])]).toEqual([name, null]);
  }
});

const credentials = [
  projectKey,
  "sk-proj-abcdefghijklmnop",
  "sk-ant-api03-abcdefghijklmnop",
  "gsk_abcdefghijklmnop",
  "AIzaSyA1234567890abcdefg",
  "AKIAIOSFODNN7EXAMPLE",
  "ya29.a0AfH6SMBabcdef",
  "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
  "Bearer abcdefghijklmnop",
  "https://user:secret@example.com/v1",
  "https://example.com/?api_key=abcdefghijklmnop",
];

Deno.test("a value that looks like a credential is left out under any name, and its neighbours stay", () => {
  for (const value of credentials) {
    const kept = keptHeaders(
      ["user-agent", value, "x-title", "Search", "x-watchllm-cache-seed", `seed ${value}`],
      ["X-Request-Id", value, "CF-Ray", "98f1-FRA"],
    );
    expect([value, kept]).toEqual([
      value,
      { request: { "x-title": "Search" }, response: { "cf-ray": "98f1-FRA" } },
    ]);
  }
});

Deno.test("no secret of a call reaches its event by way of the headers", async () => {
  await using upstream = await runUpstream((_, response) => {
    for (const name of ["set-cookie", "x-api-key", "authorization"]) {
      response.setHeader(name, canary);
    }
    response.setHeader("x-request-id", `sk-${canary}`);
    json(response, answer);
  });
  await using running = runGateway({
    upstreams: { openai: upstream.url },
    providerKeys: { openai: "pk-openai" },
  });
  const headers = new Headers({ "content-type": "application/json", "user-agent": `sk-${canary}` });
  for (const name of secretNames) {
    const isConfiguration = /route|config|fallbacks/.test(name);
    const isProjectKey = /x-watchllm-key|helicone-auth|cf-aig-auth|x-portkey-api-key|x-bf-vk/.test(
      name,
    );
    if (!isConfiguration) headers.set(name, isProjectKey ? projectKey : canary);
  }
  headers.set(
    "x-watchllm-route",
    JSON.stringify({
      targets: [{ provider: "openai", api_key: canary }],
    }),
  );
  const response = await fetch(`${running.url}/v1/chat/completions`, {
    method: "POST",
    headers,
    body: JSON.stringify(chat),
  });
  expect([response.status, (await response.text()).slice(0, 200)]).toEqual([
    200,
    expect.anything(),
  ]);
  const event = JSON.stringify(running.log.only.event);
  expect(event).toContain(`"content-type":"application/json`);
  expect(event).not.toContain(canary);
  expect(event).not.toContain(projectKey);
});

Deno.test("what is kept is bounded: values are cut, repeated names joined, numbers limited", () => {
  const long = keptHeaders(["user-agent", "a".repeat(10_000)], undefined);
  expect(long?.request["user-agent"]).toBe("a".repeat(256));
  // Neither makes the look at it slow.
  expect(keptHeaders(["user-agent", `://${":".repeat(200_000)}`], undefined)).not.toBeNull();
  const half = keptHeaders(["user-agent", "a".repeat(255) + "\u{1f600}"], undefined);
  expect(half?.request["user-agent"]?.isWellFormed()).toBe(true);
  expect(keptHeaders(null, ["Server-Timing", "a;dur=1", "server-timing", "b;dur=2"])?.response)
    .toEqual({ "server-timing": "a;dur=1, b;dur=2" });
  const many = Array.from({ length: 500 }, (_, i) => [`x-ratelimit-${i}`, String(i)]).flat();
  expect(Object.keys(keptHeaders(null, many)?.response ?? {})).toHaveLength(40);
  expect(keptHeaders(null, ["x-unheard-of", "1"])).toBeNull();
});
