import { expect } from "expect";
import type { KeyRing, ProviderKeyInfo, Vault } from "@/core/vault/types.ts";
import {
  chatAnswer,
  json,
  post,
  projectKey,
  runGateway,
  type RunOptions,
  runUpstream,
  type Seen,
} from "../gateway/fixture.ts";
import { apiKey, testVault } from "../vault/fixture.ts";

const chat = { model: "gpt-4o", messages: [{ role: "user", content: "Hello" }] };

/** A gateway with a vault in front of an upstream that answers by the key that it is shown. */
async function withVault(
  answers: Record<string, { status: number; retryAfter?: string }> = {},
  options: RunOptions = {},
) {
  const vault = await testVault();
  const upstream = await runUpstream((request, response) => {
    const { status = 200, retryAfter } = answers[keyOf(request)] ?? {};
    if (retryAfter) response.setHeader("retry-after", retryAfter);
    json(response, status === 200 ? chatAnswer : { error: { message: "No" } }, status);
  });
  const running = runGateway({
    upstreams: { openai: upstream.url, groq: upstream.url },
    providerKeys: { openai: "env-key", groq: "env-groq" },
    ...options,
    ports: { vault: vault.vault, ...options.ports },
  });
  return {
    vault,
    upstream,
    running,
    keys: () => upstream.seen.map(keyOf),
    async add(key: string, priority = 0, provider = "openai"): Promise<ProviderKeyInfo> {
      const info = await vault.vault.add("p1", { provider, credential: apiKey(key), priority });
      if (!info) throw new Error("The vault is full");
      return info;
    },
    async call(headers?: Record<string, string>, body: unknown = chat) {
      const answer = await post(`${running.url}/v1/chat/completions`, body, headers);
      return { status: answer.status, text: await answer.text() };
    },
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]();
      await upstream[Symbol.asyncDispose]();
      await vault[Symbol.asyncDispose]();
    },
  };
}

function keyOf({ headers }: Seen): string {
  return String(headers.authorization ?? "").replace("Bearer ", "");
}

Deno.test("the request's own credentials go before the vault's key, that before the environment's", async () => {
  await using test = await withVault();
  await test.call();
  const info = await test.add("sk-vault-0123456789");
  await test.call();
  await test.call({ "x-watchllm-key": projectKey, authorization: "Bearer sk-own" });
  await test.call({ "x-watchllm-key": projectKey });
  expect(test.keys()).toEqual([
    "env-key",
    "sk-vault-0123456789",
    "sk-own",
    "sk-vault-0123456789",
  ]);
  expect(test.running.log.records.map(({ event }) => event.data.provider_key_id)).toEqual([
    null,
    info.key_id,
    null,
    info.key_id,
  ]);
});

Deno.test("a vault's key opens the provider that it was stored for and no other", async () => {
  await using test = await withVault();
  await test.add("sk-openai-0123456789");
  await test.call(undefined, { ...chat, model: "groq/llama-3.3-70b-versatile" });
  expect(test.keys()).toEqual(["env-groq"]);
});

Deno.test("a key that is refused rests, and the next call takes the next", async () => {
  await using test = await withVault({ "sk-first": { status: 401 } });
  await test.add("sk-first", 0);
  await test.add("sk-second", 1);
  expect((await test.call()).status).toBe(401);
  expect((await test.call()).status).toBe(200);
  expect(test.keys()).toEqual(["sk-first", "sk-second"]);
  expect(await test.vault.vault.list("p1")).toMatchObject([
    { health: { state: "refused", status: 401 }, last_used_at: "2026-01-01T00:00:00.000Z" },
    { health: { state: "ok" } },
  ]);
  test.vault.pass(300_000);
  await test.call();
  expect(test.keys().at(-1)).toBe("sk-first");
});

Deno.test("a key that is limited rests for as long as the provider says", async () => {
  await using test = await withVault({ "sk-first": { status: 429, retryAfter: "30" } });
  await test.add("sk-first", 0);
  await test.add("sk-second", 1);
  expect((await test.call()).status).toBe(429);
  await test.call();
  test.vault.pass(29_000);
  await test.call();
  test.vault.pass(1_000);
  await test.call();
  expect(test.keys()).toEqual(["sk-first", "sk-second", "sk-second", "sk-first"]);
});

Deno.test("a project whose keys cannot be read is not charged to somebody else's", async () => {
  const vault: Pick<Vault, "keysOf"> = {
    keysOf: () => Promise.reject<KeyRing>(new Error("The disk is gone")),
  };
  await using test = await withVault({}, { ports: { vault } });
  const answer = await test.call();
  expect(answer.status).toBe(503);
  expect(JSON.parse(answer.text).error.code).toBe("settings_unavailable");
  expect(test.keys()).toEqual([]);
  expect(test.running.warnings.join()).toContain("The disk is gone");
});

Deno.test("no key of the vault is in an event, a payload, a warning or an answer", async () => {
  const canary = "sk-canary-0123456789abcdef";
  await using test = await withVault({ [canary]: { status: 401 } });
  await test.add(canary);
  const answer = await test.call();
  const { records } = test.running.log;
  const kept = records.flatMap(({ event, payloads }) => [
    JSON.stringify(event),
    ...Object.values(payloads).map(({ bytes }) => new TextDecoder().decode(bytes)),
  ]);
  expect(records).toHaveLength(1);
  for (const text of [...kept, ...test.running.warnings, answer.text]) {
    expect(text).not.toContain("canary");
  }
});
