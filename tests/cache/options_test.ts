/** Contradictions: of two names of one option the upper one holds, ours before the peers'. */
import { expect } from "expect";
import { isVersionHeader } from "@/core/cache/exact/components.ts";
import { readCacheOptions } from "@/core/cache/options.ts";

const read = (headers: Record<string, string>) => readCacheOptions(Object.entries(headers));

Deno.test("a peer's time to live does not undo ours, nothing and something alike", () => {
  expect(read({ "cf-aig-cache-ttl": "0", "x-watchllm-cache-ttl": "60" }))
    .toMatchObject({ store: true, ttlSeconds: 60 });
  expect(read({ "cache-control": "s-maxage=0", "x-watchllm-cache-ttl": "60" }))
    .toMatchObject({ store: true, ttlSeconds: 60 });
  expect(read({ "cf-aig-cache-ttl": "60", "x-watchllm-cache-ttl": "0" }).store).toBe(false);
  expect(read({ "x-litellm-cache-ttl": "0" }).store).toBe(false);
});

Deno.test("one bucket by our name is one bucket, whatever a peer's says", () => {
  const helicone = { "helicone-cache-bucket-max-size": "20" };
  expect(read({ ...helicone, "x-watchllm-cache-buckets": "1" }).buckets).toBe(1);
  expect(read(helicone).buckets).toBe(20);
  expect(read({}).buckets).toBeNull();
});

Deno.test("what says not to store holds against every header that turns the cache on", () => {
  const never = { "cache-control": "no-store" };
  for (const on of [{ "x-watchllm-cache-mode": "on" }, { "helicone-cache-enabled": "true" }]) {
    expect(read({ ...never, ...on })).toMatchObject({ exact: true, read: false, store: false });
  }
});

Deno.test("headers of providers' own families are part of the key, a client's are not", () => {
  const parts = [
    "anthropic-version",
    "anthropic-beta",
    "anthropic-workspace",
    "openai-organization",
    "openai-beta",
    "x-amzn-bedrock-guardrailidentifier",
    "x-amzn-bedrock-guardrailversion",
    "api-version",
  ];
  expect(parts.filter((name) => !isVersionHeader(name))).toEqual([]);
  const others = [
    "x-stainless-package-version",
    "anthropic-dangerous-direct-browser-access",
    "user-agent",
    "x-goog-api-client",
    "traceparent",
  ];
  expect(others.filter(isVersionHeader)).toEqual([]);
});
