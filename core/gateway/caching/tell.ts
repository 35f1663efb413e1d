/**
 * How an answer's head tells what the cache did: by our names, and by those of the peer whose names the
 * request used.
 *
 * @module
 */
import type { CacheStatus } from "../../event/call.ts";
import type { CacheDecision } from "../../event/cache.ts";
import type { CacheOptions } from "../../cache/options.ts";
import type { Call } from "../call.ts";

const longestExplanation = 4_096;

/** Adds the headers; sets what the head and the event say of the cache. */
export function tell(
  call: Call,
  status: CacheStatus,
  decision: CacheDecision,
  options: CacheOptions,
): void {
  call.cacheStatus = status;
  const { answerHeaders } = call;
  const { age_ms, similarity } = decision;
  if (status === "BYPASS") answerHeaders.push("x-watchllm-cache-reason", decision.reason);
  if (age_ms !== undefined) {
    answerHeaders.push("x-watchllm-cache-age", String(Math.floor(age_ms / 1_000)));
  }
  if (similarity !== undefined) {
    answerHeaders.push("x-watchllm-cache-similarity", similarity.toFixed(4));
  }
  if (options.families.length > 0) tellPeers(call, status, decision, options);
  if (options.explain) {
    answerHeaders.push("x-watchllm-event", call.id);
    answerHeaders.push("x-watchllm-explain", explanation(decision));
  }
}

function tellPeers(
  { answerHeaders }: Call,
  status: CacheStatus,
  { similarity, key, bucket, reason }: CacheDecision,
  { families, semantic }: CacheOptions,
): void {
  const hit = status.startsWith("HIT");
  for (const family of families) {
    switch (family) {
      case "helicone":
        answerHeaders.push("helicone-cache", hit ? "HIT" : "MISS");
        if (bucket !== undefined) answerHeaders.push("helicone-cache-bucket-idx", String(bucket));
        break;
      case "cloudflare":
        answerHeaders.push(
          "cf-aig-cache-status",
          hit ? "HIT" : status === "MISS" ? "MISS" : "BYPASS",
        );
        break;
      case "portkey":
        answerHeaders.push(
          "x-portkey-cache-status",
          portkeyStatus(status, reason, semantic !== null),
        );
        break;
      case "litellm":
        if (key) answerHeaders.push("x-litellm-cache-key", key);
        if (similarity !== undefined) {
          answerHeaders.push("x-litellm-semantic-similarity", similarity.toFixed(4));
        }
        break;
      case "bifrost":
        // Bifrost tells it in the body, which stays the provider's here.
        break;
    }
  }
}

/** @param semantic whether the request itself asked for similar questions */
function portkeyStatus(
  status: CacheStatus,
  reason: CacheDecision["reason"],
  semantic: boolean,
): string {
  if (status === "HIT-SEMANTIC") return "SEMANTIC HIT";
  if (status.startsWith("HIT")) return "HIT";
  if (status === "BYPASS") return "DISABLED";
  if (reason === "refresh") return "REFRESH";
  return semantic ? "SEMANTIC MISS" : "MISS";
}

/** JSON in ASCII, as a header must be; the event has what does not fit. */
function explanation(decision: CacheDecision): string {
  const text = ascii({ cache: decision });
  if (text.length <= longestExplanation) return text;
  const { semantic, ...rest } = decision;
  const { candidates: _, ...shorter } = semantic ?? {};
  return ascii({
    cache: { ...rest, components: undefined, ...(semantic && { semantic: shorter }) },
  });
}

function ascii(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[^\x20-\x7e]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
