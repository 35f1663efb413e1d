/**
 * What a client or a provider sends to make the gateway slow, large or wrong. Time is never asserted: what
 * these once cost was seconds to centuries, and a test that does not end fails.
 */
import { gzipSync } from "node:zlib";
import { expect } from "expect";
import { Capture } from "@/core/gateway/capture.ts";
import { decompress } from "@/core/gateway/decompress.ts";
import { findBase } from "@/core/pricing/base_price.ts";
import { isVersionOf } from "@/core/pricing/model_name.ts";
import { cachedGateway } from "@/tests/cache/gateway/fixture.ts";
import { operationOf } from "@/core/gateway/operation.ts";
import { readError } from "@/core/gateway/formats/error.ts";
import { json, projectKey, runGateway, runUpstream } from "./fixture.ts";

Deno.test("a model's name that could be read in many ways is looked up at once", () => {
  expect(isVersionOf("gpt-4o", `gpt-4o${"v1:001".repeat(40)}!`)).toBe(false);
  expect(isVersionOf("gpt-4o", `gpt-4o${"v120200101".repeat(40)}!`)).toBe(false);
  expect(findBase("openai", `gpt-4o${"v1:001".repeat(40)}!`, new Date(0))).toBeNull();
});

Deno.test("a model's name that no model could have has no price", () => {
  expect(findBase("openai", `gpt-4o${"-latest".repeat(100_000)}`, new Date(0))).toBeNull();
});

Deno.test("versions of a model are told from other models", () => {
  const versions = ["", "-2024-08-06", "-20250514-v1:0", "-latest", ":v2", "@001", "-20250514-v12"];
  for (const version of versions) expect(isVersionOf("m-4", `m-4${version}`)).toBe(true);
  for (const other of ["-mini", "5", "-v", "-v1:x", "-2024-08"]) {
    expect(isVersionOf("m-4", `m-4${other}`)).toBe(false);
  }
});

Deno.test("a path that repeats itself is read at once", () => {
  const path = `${"/model/".repeat(9_000)}!`;
  expect(operationOf(path)).toMatchObject({ endpoint: "other", format: "opaque" });
});

Deno.test("Bedrock's paths are read with ids, profiles and ARNs", () => {
  const read = (path: string) => operationOf(path);
  expect(read("/model/amazon.nova-micro-v1:0/converse")).toMatchObject({
    model: "amazon.nova-micro-v1:0",
    format: "bedrock-converse",
  });
  const arn = "arn:aws:bedrock:us-east-1:1:inference-profile/us.amazon.nova-pro-v1:0";
  expect(read(`/model/${arn}/converse-stream`)).toMatchObject({ model: arn, stream: true });
  expect(read("/model//converse").endpoint).toBe("other");
  expect(read("/model/converse").endpoint).toBe("other");
});

for (const name of ["constructor", "toString", "__proto__", "hasOwnProperty"]) {
  Deno.test(`a path that ends in ${name} is like any other`, () => {
    expect(operationOf(`/v1/models/x:${name}`)).toMatchObject({ endpoint: "models" });
    expect(operationOf(`/v1/x:${name}`)).toMatchObject({ endpoint: "other", format: "opaque" });
  });
}

Deno.test("an error of megabytes is cut before it is read", () => {
  const message = `${" ".repeat(2_000_000)}sk-abcdefgh`;
  expect(readError({ error: { message } })?.message).toHaveLength(2_000);
});

Deno.test("an answer that is compressed to nearly nothing is read up to a bound", async () => {
  const bomb = gzipSync(new Uint8Array(128 * 1024 * 1024).fill(0x20), { level: 1 });
  const capture = new Capture(1024);
  await decompress(bomb, "gzip", capture);
  expect(capture.total).toBeGreaterThan(64 * 1024 * 1024);
  expect(capture.total).toBeLessThan(80 * 1024 * 1024);
});

/** A request whose body is nested as deep as no reader of ours may follow it. */
function deepBody(model: string): string {
  const deep = '{"a":'.repeat(50_000) + "1" + "}".repeat(50_000);
  const tool = `{"type":"function","function":{"name":"f","parameters":${deep}}}`;
  return `{"model":"${model}","temperature":0,"messages":[{"role":"user","content":"Hi"}],"tools":[${tool}]}`;
}

async function send(url: string, body: string, headers: Record<string, string> = {}) {
  const answer = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${projectKey}`,
      "content-type": "application/json",
      ...headers,
    },
    body,
  });
  return { status: answer.status, body: await answer.json() };
}

Deno.test("a body that is nested too deep for the cache goes to its provider as it is", async () => {
  await using provider = await runUpstream((_, response) => json(response, { id: "c" }));
  await using kept = await cachedGateway({ upstreams: { openai: provider.url } });
  const body = deepBody("gpt-4o");
  expect(await send(kept.url, body)).toEqual({ status: 200, body: { id: "c" } });
  expect(new TextDecoder().decode(provider.seen[0]?.body)).toBe(body);
});

Deno.test("one that would have to be translated is refused with a reason", async () => {
  await using provider = await runUpstream((_, response) => json(response, {}));
  await using gateway = runGateway({ upstreams: { anthropic: provider.url } });
  const { status, body } = await send(gateway.url, deepBody("anthropic/claude-sonnet-4-5"));
  expect([status, body.error.code]).toEqual([400, "json_too_deep"]);
  expect(provider.seen).toEqual([]);
  expect(gateway.log.only.event.type).toBe("call.failed");
});

Deno.test("a route that is nested too deep is refused with a reason", async () => {
  await using gateway = runGateway();
  const route = '{"targets":['.repeat(3_000) + "]}".repeat(3_000);
  const { status, body } = await send(gateway.url, "{}", { "x-watchllm-route": route });
  expect([status, body.error.code]).toEqual([400, "json_too_deep"]);
});

/** The status of an answer to a request whose path no URL parser has put in order. */
async function statusOf(port: number, path: string): Promise<string> {
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  const head = `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n` +
    `authorization: Bearer ${projectKey}\r\n\r\n`;
  await conn.write(new TextEncoder().encode(head));
  return (await new Response(conn.readable).text()).slice(9, 12);
}

Deno.test("a path does not lead out of the address that a provider was given", async () => {
  await using provider = await runUpstream((_, response) => json(response, {}));
  const own = `${provider.url}/team-a/openai`;
  await using gateway = runGateway({ upstreams: { openai: own } });
  for (const out of ["..", "%2e%2e", ".%2E", "..%2f..", "..\\..", "%2e%2e%5c"]) {
    expect([out, await statusOf(gateway.port, `/proxy/openai/v1/${out}/admin`)]).toEqual([
      out,
      "400",
    ]);
    expect([out, await statusOf(gateway.port, `/v1/models/${out}`)]).toEqual([out, "400"]);
  }
  expect(provider.seen).toEqual([]);
  for (const within of ["...", "a..b", ".hidden", "..x"]) {
    expect(await statusOf(gateway.port, `/proxy/openai/v1/${within}/x?q=/../`)).toBe("200");
  }
});
