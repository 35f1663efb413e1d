/** A project key is taken from wherever the contract says, on every kind of route. */
import { expect } from "expect";
import { emptyStore, type Send, testApi } from "./fixture.ts";

const places: Readonly<
  Record<string, (key: string) => { query?: string; headers?: Send["headers"] }>
> = {
  "Authorization: Bearer": (key) => ({ headers: { authorization: `Bearer ${key}` } }),
  "x-api-key": (key) => ({ headers: { "x-api-key": key } }),
  "x-goog-api-key": (key) => ({ headers: { "x-goog-api-key": key } }),
  "?key=": (key) => ({ query: `key=${key}` }),
  "X-WatchLLM-Key": (key) => ({ headers: { "x-watchllm-key": key } }),
  "X-WatchLLM-Key with Bearer": (key) => ({ headers: { "x-watchllm-key": `Bearer ${key}` } }),
  "Helicone-Auth": (key) => ({ headers: { "helicone-auth": `Bearer ${key}` } }),
  "api-key": (key) => ({ headers: { "api-key": key } }),
  "Authorization: Bearer beside a provider's x-api-key": (key) => ({
    headers: { authorization: `Bearer ${key}`, "x-api-key": "sk-provider" },
  }),
};

const routes: readonly (readonly [string, string, unknown?])[] = [
  ["GET", "/v1/log?limit=5"],
  ["GET", "/v1/log/proof"],
  ["POST", "/v1/events", { type: "prompt_call", model: "gpt-4o" }],
  ["POST", "/v1/events/batch", { events: [{ type: "prompt_call", model: "gpt-4o" }] }],
  ["POST", "/v1/traces", { resourceSpans: [] }],
];

for (const [place, at] of Object.entries(places)) {
  Deno.test(`a project key is taken as ${place} by pulling and by sending`, async () => {
    await using api = await testApi(emptyStore);
    const send = async (method: string, path: string, key: string, body?: unknown) => {
      const { query, headers } = at(key);
      const url = query ? `${path}${path.includes("?") ? "&" : "?"}${query}` : path;
      const json = body === undefined ? {} : { "content-type": "application/json" };
      const answer = await api.send(url, {
        method,
        headers: { ...json, ...headers },
        ...(body !== undefined && { body }),
      });
      await answer.body?.cancel();
      return answer.status;
    };
    for (const [method, path, body] of routes) {
      const made = path.startsWith("/v1/events") ? 201 : 200;
      expect([path, await send(method, path, api.own.key, body)]).toEqual([path, made]);
      expect([path, await send(method, path, api.revokedKey, body)]).toEqual([path, 401]);
    }
  });
}

Deno.test("a key in a header goes before one in the query, which is no filter's value", async () => {
  await using api = await testApi(emptyStore);
  const headers = { authorization: `Bearer ${api.revokedKey}` };
  const answer = await api.send(`/v1/log?key=${api.own.key}`, { headers });
  expect(answer.status).toBe(401);
  await answer.body?.cancel();
});

Deno.test("an empty after means from the beginning, as an absent one does", async () => {
  await using api = await testApi(emptyStore);
  const { status, body } = await api.get("/v1/log?after=&limit=5");
  expect([status, body]).toEqual([200, { events: [], next: null, has_more: false }]);
});
