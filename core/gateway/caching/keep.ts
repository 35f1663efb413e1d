/**
 * Keeps the answer of a call that missed: makes the entry when the call is recorded, gives it to the
 * store when the answer has come to its end, and lets the semantic cache learn from it.
 *
 * @module
 */
import type { CacheDecision } from "../../event/cache.ts";
import { canonicalJson } from "../../cache/canonical_json.ts";
import type { Entry } from "../../cache/exact/entry.ts";
import { isStorable } from "../../cache/exact/eligibility.ts";
import type { NearestKeys } from "../../cache/exact/nearest.ts";
import { echoHash, echoOf } from "../../cache/exact/render/echo.ts";
import { without } from "../../cache/exact/ignore.ts";
import { type PathHashes, pathHashes } from "../../cache/exact/paths.ts";
import type { ExactStore } from "../../cache/exact/store.ts";
import { answerRefOf, answerText } from "../../cache/answer_texts.ts";
import { previewOf } from "../../cache/preview.ts";
import type { SemanticCache, SemanticTicket } from "../../cache/semantic/contract.ts";
import { bounds } from "../attributes.ts";
import type { CallDraft } from "../call.ts";
import type { AnswerFacts } from "../formats/format.ts";
import { readAnswer } from "../formats/read.ts";
import { formats } from "../formats/table.ts";
import type { Observer } from "../observers.ts";
import { componentsOf } from "./decision.ts";
import type { Asked } from "./asked.ts";

export interface KeepPorts {
  readonly store: ExactStore;
  readonly nearest: NearestKeys;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Told of work that goes on after the answer. Never rejects. */
  readonly track?: (work: Promise<unknown>) => void;
}

export interface Learning {
  readonly cache: SemanticCache;
  readonly ticket: SemanticTicket;
}

/** Pieces of a stream whose time is kept. */
const mostPieces = 2_000;

/** Follows a call's answer; the entry is given from the moment on when the client has all of it. */
export function keepAnswer(
  asked: Asked,
  decision: CacheDecision,
  learning: Learning | null,
  ports: KeepPorts,
): void {
  const { call } = asked;
  const removals = ports.store.removals;
  const timing: number[] = [];
  let began = 0;
  let bytes = 0;
  let made: Entry | null = null;
  call.onFinished.push(function completeDecision(draft, facts) {
    draft.data.cache_decision = explained(asked, decision, ports.nearest);
    if (!asked.options.store) return;
    made = entryOf(asked, draft, facts, timing, ports);
    if (made) draft.data.cache_decision.ttl_seconds = asked.ttlSeconds;
  });
  const observer: Observer = {
    onHead() {},
    onChunk(chunk) {
      began ||= ports.now();
      bytes += chunk.length;
      if (asked.form === "sse" && timing.length < 2 * mostPieces) {
        timing.push(Math.round(ports.now() - began), bytes);
      }
    },
    onEnd() {
      if (!made || ports.store.wasRemoved(made, removals)) return;
      const { key } = asked;
      ports.store.put(made);
      ports.nearest.add(asked.project, {
        event: call.id,
        components: key.components,
        paths: keyedPaths(asked),
      });
      if (learning) {
        const learnt = learn(asked, made, learning);
        ports.track?.(learnt);
      }
    },
    onBroken() {},
  };
  call.observers.push(observer);
}

/** A miss says what it was most alike. */
export function explained(
  asked: Asked,
  decision: CacheDecision,
  nearest: NearestKeys,
): CacheDecision {
  if (decision.nearest || decision.key === undefined || decision.reason === "refresh") {
    return { ...decision };
  }
  const { components } = asked.key;
  const found = nearest.find(asked.project, { components, paths: keyedPaths(asked) });
  return {
    ...decision,
    components: componentsOf(components),
    ...(found && found.differs.length > 0 && { nearest: found }),
  };
}

/** The body's values that the key was made of: what it leaves out does not tell two requests apart. */
function keyedPaths({ body, options, settings }: Asked): PathHashes {
  if (options.customKey !== null) return new Map();
  return pathHashes(without(body, [...settings.ignore, ...options.ignore]));
}

function entryOf(
  asked: Asked,
  draft: CallDraft,
  facts: AnswerFacts,
  timing: readonly number[],
  ports: KeepPorts,
): Entry | null {
  const { call, key, project, settings } = asked;
  const { answer } = call;
  const { operation } = call.route;
  if (!isAsAsked(asked)) return null;
  if (!answer || answer.coding !== null || answer.capture.truncated) return null;
  if (!isStorable(operation.endpoint, answer.status, facts, settings)) return null;
  const form = formOf(answer.contentType);
  if (form === null || form !== asked.form) return null;
  const bytes = answer.capture.head();
  if (bytes.length > settings.max_entry_bytes) return null;
  const { data } = draft;
  const at = ports.clock();
  return {
    bytes,
    head: {
      v: 1,
      id: call.id,
      user_id: data.user_id,
      project,
      key: key.hash,
      components: key.components,
      at,
      expiresAt: at + asked.ttlSeconds * 1_000,
      format: operation.format,
      echo: echoHash(echoOf(operation.format, call.json)),
      form,
      contentType: answer.contentType ?? "",
      timing: [...timing],
      facts: {
        response_model: data.response_model,
        response_id: data.response_id,
        finish_reason: data.finish_reason,
        tool_calls: data.tool_calls,
        usage: data.usage,
        service_tier: data.service_tier ?? null,
        cost_usd: data.cost.usd,
        latency_ms: data.latency_ms,
      },
      provider: data.provider,
      endpoint: operation.endpoint,
      model: call.model.slice(0, bounds.id),
      namespace: asked.namespace,
      properties: data.properties,
      // What is to be kept nowhere is not shown here either.
      preview: call.headers.attributes.omitRequest ? "" : previewOf(call.json),
      size: bytes.length,
    },
  };
}

/** An answer that a fallback gave is not the one that was asked for. */
function isAsAsked({ call, provider, model, params }: Asked): boolean {
  return call.provider?.name === provider && call.model === model &&
    canonicalJson(call.target?.params ?? null) === canonicalJson(params);
}

function formOf(contentType: string | null): "json" | "sse" | null {
  if (contentType?.includes("text/event-stream")) return "sse";
  return contentType?.includes("json") ? "json" : null;
}

/** Off the call's way: what fails costs a lesson, nothing else. */
async function learn(
  { call }: Asked,
  { head, bytes }: Entry,
  { cache, ticket }: Learning,
): Promise<void> {
  const facts = readAnswer(formats[call.route.operation.format], {
    bytes,
    contentType: head.contentType,
  });
  const answerRef = answerRefOf(head);
  const answer = { answerRef, text: answerText(facts), event: call.id, user: head.user_id ?? null };
  // It reports its failures; the call has its answer, whatever comes of this.
  await cache.settle(ticket, answer).catch(() => {});
}
