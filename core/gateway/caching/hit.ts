/**
 * Answers a call from a stored answer: with an event of its own that costs nothing and says what was
 * saved. With strict durability the answer begins once that event is committed.
 *
 * @module
 */
import type { CacheStatus } from "../../event/call.ts";
import type { CacheDecision } from "../../event/cache.ts";
import { echoHash, echoOf, withEcho } from "../../cache/exact/render/echo.ts";
import type { Found } from "../../cache/exact/store.ts";
import type { EntryHead, StoredFacts } from "../../cache/exact/entry.ts";
import { answerHead } from "../answer_head.ts";
import type { Call } from "../call.ts";
import { Capture } from "../capture.ts";
import type { AnswerFacts } from "../formats/format.ts";
import type { Recorder } from "../record.ts";
import type { Asked } from "./asked.ts";
import { componentsOf } from "./decision.ts";
import { replayed } from "./replay.ts";
import { tell } from "./tell.ts";

export interface HitPorts {
  readonly recorder: Recorder;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly strict: boolean;
}

export interface Hit {
  readonly found: Found;
  readonly bytes: Uint8Array;
  readonly status: Extract<CacheStatus, "HIT" | "HIT-SEMANTIC">;
  readonly decision: CacheDecision;
}

/** The body of an entry in the form that was asked for, and its decision; null when it cannot serve. */
export function hitOf(asked: Asked, found: Found, clock: () => number): Hit | null {
  const { options, form, usage, key, bucket, buckets } = asked;
  const { head } = found.entry;
  const age = Math.max(0, clock() - head.at);
  if (options.maxAgeSeconds !== null && age > options.maxAgeSeconds * 1_000) return null;
  if (options.maxAgeSeconds === 0) return null;
  const rendered = found.body(form, usage);
  if (!rendered) return null;
  const bytes = asIfAsked(asked, head, rendered);
  return {
    found,
    bytes,
    status: "HIT",
    decision: {
      reason: "stored",
      key: key.hash,
      age_ms: age,
      source_event: head.id,
      ttl_seconds: Math.max(0, Math.ceil((head.expiresAt - head.at) / 1_000)),
      ...(buckets > 1 && { bucket }),
      // Events keep these in places of their own, or with the call that bought the answer.
      ...(options.explain && {
        components: componentsOf(key.components),
        ...(head.facts.cost_usd !== null && { saved_cost_usd: head.facts.cost_usd }),
      }),
    },
  };
}

/** The answer as the provider would have given it to this caller, where it says whose call it is. */
function asIfAsked({ call, form }: Asked, head: EntryHead, bytes: Uint8Array): Uint8Array {
  if (head.format !== "openai-responses") return bytes;
  const said = echoOf(head.format, call.json);
  return echoHash(said) === head.echo ? bytes : withEcho(bytes, form, said);
}

/** A promise where the commit or the pace of a recorded stream is waited for. */
export function answerHit(asked: Asked, hit: Hit, ports: HitPorts): Response | Promise<Response> {
  const { call, form } = asked;
  const { found, bytes, decision } = hit;
  const { head } = found.entry;
  const { recorder, now, strict } = ports;
  tell(call, hit.status, decision, asked.options);
  const contentType = contentTypeOf(head, form);
  call.answer = {
    status: 200,
    contentType,
    coding: null,
    capture: new Capture(0),
    firstByteAt: now(),
    sentBytes: bytes.length,
  };
  const finished = recorder.finishKnown(
    call,
    { how: "answered", status: 200 },
    factsOf(head.facts),
  );
  const { data } = finished.draft;
  data.cache_decision = told(call, decision);
  data.saved_cost_usd = head.facts.cost_usd;
  data.saved_latency_ms = Math.max(0, head.facts.latency_ms - data.latency_ms);
  call.recorded = true;
  const appended = recorder.append(finished);
  const respond = () => {
    const headers = answerHead(call, ["content-type", contentType], {
      withLength: false,
      now: now(),
    });
    headers.set("x-watchllm-cost-usd", "0");
    const paced = asked.settings.replay === "recorded" && form === "sse" && head.form === "sse";
    const body = paced ? replayed(bytes, head.timing) : bytes;
    // The bytes of an entry are never those of a shared buffer.
    return new Response(body as Uint8Array<ArrayBuffer>, { headers });
  };
  return strict ? appended.then(respond) : respond();
}

/** Where the answer's text stands is not told of a call whose answer is not to be kept. */
function told(call: Call, decision: CacheDecision): CacheDecision {
  if (!call.headers.attributes.omitResponse) return decision;
  const { source_event: _, ...rest } = decision;
  return rest;
}

function contentTypeOf(head: EntryHead, form: Asked["form"]): string {
  if (head.form === form) return head.contentType;
  return form === "sse" ? "text/event-stream; charset=utf-8" : "application/json";
}

/** The usage is what the answer tells; that nothing was bought is said by the cost. */
function factsOf(stored: StoredFacts): AnswerFacts {
  return {
    responseModel: stored.response_model,
    responseId: stored.response_id,
    usage: stored.usage,
    finishReason: stored.finish_reason,
    text: "",
    toolCalls: stored.tool_calls,
    error: null,
    tier: stored.service_tier,
    complete: true,
  };
}
