/**
 * Bedrock through the gateway, with AWS's own client where it is installed.
 */
import { expect } from "expect";
import { signAws } from "@/core/gateway/signing/aws.ts";
import type { AwsCredential } from "@/core/vault/types.ts";
import {
  eventually,
  json,
  post,
  projectKey,
  runGateway,
  runUpstream,
  type Seen,
} from "../gateway/fixture.ts";
import { testVault } from "../vault/fixture.ts";
import { chunk, concat, converseStream, invokeStream } from "./aws_frames.ts";

const model = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";

const credential: AwsCredential = {
  kind: "aws",
  access_key_id: "AKIAIOSFODNN7EXAMPLE",
  secret_access_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  session_token: null,
  region: "eu-central-1",
};

const converseAnswer = {
  output: { message: { role: "assistant", content: [{ text: "Hello" }] } },
  stopReason: "end_turn",
  usage: {
    inputTokens: 100,
    outputTokens: 20,
    totalTokens: 470,
    cacheReadInputTokens: 300,
    cacheWriteInputTokens: 50,
  },
  metrics: { latencyMs: 1 },
};

const claudeAnswer = {
  id: "msg_bdrk_1",
  type: "message",
  role: "assistant",
  model: "claude-sonnet-4-5-20250929",
  content: [{ type: "text", text: "Hello" }],
  stop_reason: "end_turn",
  usage: {
    input_tokens: 100,
    cache_read_input_tokens: 300,
    cache_creation_input_tokens: 50,
    output_tokens: 20,
  },
};

/** Bedrock, as far as its wire goes. */
function bedrock() {
  return runUpstream(({ path }, response) => {
    if (path.endsWith("/converse")) return json(response, converseAnswer);
    if (path.endsWith("/invoke")) return json(response, claudeAnswer);
    response.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" });
    const whole = concat(...path.endsWith("/converse-stream") ? converseStream : invokeStream);
    for (let at = 0; at < whole.length; at += 37) response.write(whole.subarray(at, at + 37));
    response.end();
  });
}

async function signedBedrock() {
  const vault = await testVault();
  await vault.vault.add("p1", { provider: "bedrock", credential });
  const upstream = await bedrock();
  const running = runGateway({
    upstreams: { bedrock: upstream.url },
    ports: { vault: vault.vault },
  });
  return {
    upstream,
    running,
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]();
      await upstream[Symbol.asyncDispose]();
      await vault[Symbol.asyncDispose]();
    },
  };
}

/** Signs again what arrived, as AWS does to check a signature. */
async function isSignedRight({ method, path, headers, body }: Seen): Promise<boolean> {
  const date = String(headers["x-amz-date"]);
  const at = date.replace(/^(....)(..)(..T..)(..)(..)Z$/, "$1-$2-$3:$4:$5Z");
  const again = await signAws({
    method,
    path,
    host: String(headers.host),
    contentType: headers["content-type"] ?? null,
    body,
  }, { credential, region: "eu-central-1", service: "bedrock", at: new Date(at) });
  return again.includes(String(headers.authorization));
}

const buckets = { input: 100, output: 20, cache_read: 300, cache_write: 50 };

for (const verb of ["converse", "invoke", "converse-stream", "invoke-with-response-stream"]) {
  Deno.test(`${verb} is signed with the vault's keys, read and priced`, async () => {
    await using test = await signedBedrock();
    const url = `${test.running.url}/proxy/bedrock/model/${model}/${verb}`;
    const answer = await post(url, { messages: [] });
    expect(answer.status).toBe(200);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    if (verb === "converse-stream") expect(bytes).toEqual(concat(...converseStream));
    if (verb === "invoke-with-response-stream") expect(bytes).toEqual(concat(...invokeStream));
    const [seen] = test.upstream.seen;
    expect(seen?.path).toBe(`/model/${encodeURIComponent(model)}/${verb}`);
    expect(seen && await isSignedRight(seen)).toBe(true);
    const { data } = test.running.log.only.event;
    expect(data).toMatchObject({
      provider: "bedrock",
      model,
      stream: verb.includes("stream"),
      usage: { source: "provider", consistent: true, buckets },
      cost: { price: { match: "alias" } },
    });
    expect(data.cost.usd).not.toBeNull();
    expect(data.provider_key_id).toMatch(/^pk_/);
  });
}

Deno.test("the environment's keys sign as well, for the region of the address or their own", async () => {
  await using upstream = await bedrock();
  await using running = runGateway({
    upstreams: { bedrock: upstream.url },
    ports: {
      config: {
        upstreams: new Map([["bedrock", new URL(upstream.url)]]),
        providerKeys: new Map(),
        aws: credential,
        WATCHLLM_DURABILITY: "strict",
        WATCHLLM_MAX_BODY_BYTES: 1_000_000,
        WATCHLLM_UPSTREAM_TIMEOUT_MS: 10_000,
      },
    },
  });
  const answer = await post(`${running.url}/proxy/bedrock/model/${model}/converse`, {});
  await answer.body?.cancel();
  const [seen] = upstream.seen;
  expect(seen && await isSignedRight(seen)).toBe(true);
});

Deno.test("a request that a client signed for the gateway is signed anew, or refused in words", async () => {
  const own = {
    "x-watchllm-key": projectKey,
    authorization: "AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/bedrock/aws4_request, " +
      "SignedHeaders=host, Signature=0",
    "x-amz-date": "20260101T000000Z",
    "x-amz-security-token": "clients-own",
    "x-amz-content-sha256": "0",
  };
  await using test = await signedBedrock();
  const answer = await post(`${test.running.url}/proxy/bedrock/model/${model}/converse`, {}, own);
  await answer.body?.cancel();
  const [seen] = test.upstream.seen;
  expect(seen && await isSignedRight(seen)).toBe(true);
  expect(seen?.headers).not.toHaveProperty("x-amz-security-token");
  expect(seen?.rawHeaders.filter((name) => name.toLowerCase() === "x-amz-date")).toHaveLength(1);

  await using without = runGateway();
  const refused = await post(`${without.url}/proxy/bedrock/model/${model}/converse`, {}, own);
  expect(refused.status).toBe(401);
  expect(await refused.text()).toContain("signed for this host");
});

const profiles: readonly (readonly [string, string, "alias" | "none"])[] = [
  [
    "anthropic.claude-sonnet-4-5-20250929-v1:0",
    "anthropic.claude-sonnet-4-5-20250929-v1:0",
    "alias",
  ],
  [model, model, "alias"],
  [
    `arn:aws:bedrock:us-east-1:123456789012:inference-profile/${model}`,
    model,
    "alias",
  ],
  [
    "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4",
    "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4",
    "none",
  ],
];

for (const [asked, name, match] of profiles) {
  Deno.test(`${asked} is priced by its own name, or not at all`, async () => {
    await using test = await signedBedrock();
    const path = `/proxy/bedrock/model/${encodeURIComponent(asked)}/converse`;
    const answer = await post(test.running.url + path, {});
    await answer.body?.cancel();
    const { data } = test.running.log.only.event;
    expect([data.model, data.cost.price.match]).toEqual([name, match]);
    expect(data.cost.usd === null).toBe(match === "none");
  });
}

Deno.test("the model's own name in an answer does not price regions that it does not name", async () => {
  await using test = await signedBedrock();
  for (
    const [asked, price] of [
      ["global.anthropic.claude-sonnet-4-6", "global.anthropic.claude-sonnet-4-6-v1:0"],
      ["us.anthropic.claude-sonnet-4-6", "regional.anthropic.claude-sonnet-4-6-v1:0"],
      ["arn:aws:bedrock:us-east-1:1:application-inference-profile/a1", null],
    ] as const
  ) {
    const path = `/proxy/bedrock/model/${encodeURIComponent(asked)}/invoke`;
    await (await post(test.running.url + path, {})).body?.cancel();
    const { data } = test.running.log.records.at(-1)?.event ?? {};
    expect([asked, data?.cost.price.model]).toEqual([asked, price]);
  }
});

Deno.test("the project says what an inference profile of its own is", async () => {
  const profile = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4";
  await using upstream = await bedrock();
  await using running = runGateway({
    upstreams: { bedrock: upstream.url },
    providerKeys: { bedrock: "bedrock-api-key" },
    ports: { providers: () => ({ custom: [], model_names: { [`bedrock/${profile}`]: model } }) },
  });
  const path = `/proxy/bedrock/model/${encodeURIComponent(profile)}/converse`;
  await (await post(running.url + path, {})).body?.cancel();
  expect(upstream.seen[0]).toMatchObject({
    path: `/model/${encodeURIComponent(profile)}/converse`,
    headers: { authorization: "Bearer bedrock-api-key" },
  });
  expect(running.log.only.event.data).toMatchObject({ model, cost: { price: { match: "alias" } } });
});

const client = await import("@aws-sdk/client-bedrock-runtime").catch(() => null);
// deno-lint-ignore no-console -- says why tests are skipped
if (!client) console.info("skipped: @aws-sdk/client-bedrock-runtime is not installed");

Deno.test({
  name: "AWS's own client talks through the gateway, signed by itself or with the project key",
  ignore: client === null,
  // Its connection pool has timers of its own.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    if (!client) return;
    await using test = await signedBedrock();
    const endpoint = `${test.running.url}/proxy/bedrock`;
    const bearer = new client.BedrockRuntimeClient({
      region: "us-east-1",
      endpoint,
      token: { token: projectKey },
      authSchemePreference: ["httpBearerAuth"],
    });
    const signing = new client.BedrockRuntimeClient({
      region: "us-east-1",
      endpoint,
      credentials: { accessKeyId: "AKIDANY", secretAccessKey: "any" },
    });
    signing.middlewareStack.add(
      (next) => (args) => {
        const { headers } = args.request as { headers: Record<string, string> };
        headers["x-watchllm-key"] = projectKey;
        return next(args);
      },
      { step: "build" },
    );
    const messages = [{ role: "user" as const, content: [{ text: "Hello" }] }];
    for (const one of [bearer, signing]) {
      const whole = await one.send(new client.ConverseCommand({ modelId: model, messages }));
      expect(whole.output?.message?.content?.[0]?.text).toBe("Hello");
      expect(whole.usage?.totalTokens).toBe(470);

      const streamed = await one.send(
        new client.ConverseStreamCommand({ modelId: model, messages }),
      );
      let text = "";
      for await (const { contentBlockDelta } of streamed.stream ?? []) {
        text += contentBlockDelta?.delta?.text ?? "";
      }
      expect(text).toBe("Grüße");

      const invoked = await one.send(
        new client.InvokeModelCommand({ modelId: model, body: JSON.stringify({ messages }) }),
      );
      expect(JSON.parse(new TextDecoder().decode(invoked.body)).content[0].text).toBe("Hello");

      const chunks = await one.send(
        new client.InvokeModelWithResponseStreamCommand({ modelId: model, body: "{}" }),
      );
      let events = 0;
      for await (const part of chunks.body ?? []) if (part.chunk) events++;
      expect(events).toBe(invokeStream.length);
      one.destroy();
    }
    await eventually(() => test.running.log.records.length === 8, "eight events");
    for (const seen of test.upstream.seen) expect(await isSignedRight(seen)).toBe(true);
    for (const { event } of test.running.log.records) {
      expect(event).toMatchObject({ type: "call.completed", data: { usage: { buckets } } });
    }
  },
});

Deno.test("a stream that ends inside a frame is a call that broke, with what was reported", async () => {
  await using upstream = await runUpstream((_, response) => {
    response.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" });
    response.end(concat(...invokeStream.slice(0, 3), chunk({ type: "ping" }).subarray(0, 20)));
  });
  await using running = runGateway({
    upstreams: { bedrock: upstream.url },
    providerKeys: { bedrock: "k" },
  });
  const url = `${running.url}/proxy/bedrock/model/${model}/invoke-with-response-stream`;
  await (await post(url, {})).arrayBuffer();
  expect(running.log.only.event.data.usage).toMatchObject({
    buckets: { input: 100, cache_read: 300 },
  });
});
