/**
 * An object of Langfuse's, as far as it is known, as an event of ours.
 *
 * @module
 */
import { cacheWriteTokens, inputTokens, outputTokens } from "../../event/usage.ts";
import { fields, object, text } from "../../json.ts";
import type { Drafted, IngestContext } from "../context.ts";
import { detailsTotal } from "../dollars.ts";
import { draftPromptCall } from "../event/prompt_call.ts";
import { draftScore } from "../event/score.ts";
import { draftSpan } from "../event/span.ts";
import { readLangfuseUsage } from "../otel/usage.ts";
import { badFields, type Problem } from "../problem.ts";
import { spanKindSchema } from "../schema/event.ts";
import { millisecondsOf } from "../schema/parts.ts";
import type { ObjectKind } from "./langfuse.ts";
import type { LangfuseBody, LangfuseItem } from "./langfuse_schema.ts";

type Body = LangfuseBody & Readonly<Record<string, unknown>>;

/** @param trace what is known of the trace that it belongs to */
export function langfuseDraft(
  kind: ObjectKind,
  item: LangfuseItem,
  body: Body,
  trace: Readonly<Record<string, unknown>>,
  id: string,
  context: IngestContext,
): Drafted | Problem {
  if (kind === "trace") return traceSpan(item, body, id, context);
  if (kind === "score") return score(item, body, id, context);
  const type = typeof body["~type"] === "string" ? body["~type"] : "span";
  return type === "generation" || (type === "embedding" && body.model)
    ? call(item, body, trace, id, context)
    : span(type, item, body, trace, id, context);
}

/** A trace is the root of its observations. */
function traceSpan(item: LangfuseItem, body: Body, id: string, context: IngestContext): Drafted {
  const traceId = body.id ?? item.id;
  return draftSpan(
    {
      type: "span",
      kind: "chain",
      name: cut(body.name) ?? "trace",
      trace_id: traceId,
      span_id: traceId,
      timestamp: body.timestamp ?? item.timestamp,
      user_id: body.userId,
      session_id: body.sessionId,
      input: body.input,
      output: body.output,
      tags: body.tags?.slice(0, 50).map((tag) => tag.slice(0, 200)),
      release: cut(body.release),
      environment: cut(body.environment),
      attributes: attributesOf(body),
    },
    id,
    context,
  );
}

function common(item: LangfuseItem, body: Body, trace: Readonly<Record<string, unknown>>) {
  const traceId = body.traceId;
  return {
    trace_id: traceId,
    span_id: body.id ?? item.id,
    parent_span_id: body.parentObservationId ?? traceId,
    timestamp: body.startTime ?? body.timestamp ?? item.timestamp,
    user_id: body.userId ?? text(trace.userId),
    session_id: body.sessionId ?? text(trace.sessionId),
    environment: cut(body.environment) ?? cut(trace.environment),
    release: cut(trace.release) ?? cut(body.version),
  };
}

function span(
  type: string,
  item: LangfuseItem,
  body: Body,
  trace: Readonly<Record<string, unknown>>,
  id: string,
  context: IngestContext,
): Drafted {
  const kind = spanKindSchema.safeParse(type);
  return draftSpan(
    {
      type: "span",
      kind: kind.success ? kind.data : "span",
      ...common(item, body, trace),
      name: cut(body.name) ?? type,
      end_time: body.endTime,
      input: body.input,
      output: body.output,
      level: body.level?.slice(0, 32),
      status: body.level === "ERROR" ? "error" : undefined,
      status_message: body.statusMessage?.slice(0, 8_000),
      attributes: attributesOf(body),
    },
    id,
    context,
  );
}

function call(
  item: LangfuseItem,
  body: Body,
  trace: Readonly<Record<string, unknown>>,
  id: string,
  context: IngestContext,
): Drafted {
  const place = common(item, body, trace);
  const start = millisecondsOf(place.timestamp ?? context.now);
  const since = (time: string | number | null | undefined) =>
    time === null || time === undefined ? undefined : Math.max(0, millisecondsOf(time) - start);
  const usage = readLangfuseUsage(body.usageDetails ?? body.usage ?? {});
  const buckets = usage?.source === "none" ? undefined : usage?.buckets;
  const metadata = object(body.metadata);
  return draftPromptCall(
    {
      type: "prompt_call",
      ...place,
      model: cut(body.model) ?? "unknown",
      operation: body["~type"] === "embedding" ? "embeddings" : "chat",
      prompt: body.input,
      response: body.output,
      latency_ms: since(body.endTime),
      ttft_ms: since(body.completionStartTime),
      tokens_input: buckets && inputTokens(buckets),
      tokens_output: buckets && outputTokens(buckets),
      tokens_cache_read: buckets?.cache_read,
      tokens_cache_write: buckets && cacheWriteTokens(buckets),
      tokens_reasoning: buckets?.reasoning,
      cost_usd: costOf(body),
      prompt_template_id: cut(body.promptName),
      tags: tagsOf(trace.tags),
      status: body.level === "ERROR" ? "error" : undefined,
      error: body.level === "ERROR" ? body.statusMessage ?? "" : undefined,
      properties: { ...(body.name && { name: body.name }) },
      metadata: metadata ?? undefined,
    },
    id,
    context,
  );
}

function costOf(body: Body): string | undefined {
  const { inputCost, outputCost, totalCost } = fields(body.usage);
  const details = { input: inputCost, output: outputCost, total: totalCost };
  return detailsTotal(fields(body.costDetails)) ?? detailsTotal(details) ?? undefined;
}

function score(
  item: LangfuseItem,
  body: Body,
  id: string,
  context: IngestContext,
): Drafted | Problem {
  const { value } = body;
  if (!body.name) return badFields({ field: "body.name", expected: "must be text" });
  if (value === null || value === undefined) {
    return badFields({ field: "body.value", expected: "must be a number or text" });
  }
  const isTruth = body.dataType === "BOOLEAN" && typeof value === "number";
  return draftScore(
    {
      type: "score",
      name: body.name.slice(0, 256),
      value: isTruth ? value !== 0 : typeof value === "string" ? value.slice(0, 1_000) : value,
      comment: body.comment?.slice(0, 8_000),
      timestamp: body.timestamp ?? item.timestamp,
      trace_id: body.traceId,
      span_id: body.observationId,
      session_id: body.sessionId,
      environment: cut(body.environment),
      metadata: object(body.metadata) ?? undefined,
    },
    id,
    context,
  );
}

/** Has a place of its own. */
const placed: ReadonlySet<string> = new Set([
  "id",
  "traceId",
  "parentObservationId",
  "sessionId",
  "userId",
  "name",
  "timestamp",
  "startTime",
  "endTime",
  "input",
  "output",
  "metadata",
  "level",
  "statusMessage",
  "tags",
  "release",
  "environment",
  "~type",
]);

function attributesOf(body: Body): Record<string, unknown> {
  const rest = Object.fromEntries(Object.entries(body).filter(([name]) => !placed.has(name)));
  const metadata = object(body.metadata);
  return {
    ...metadata,
    ...(!metadata && body.metadata ? { metadata: body.metadata } : {}),
    ...rest,
  };
}

/** A trace's tags are those of its calls. */
function tagsOf(tags: unknown): string[] | undefined {
  if (!Array.isArray(tags)) return undefined;
  return tags.filter((tag) => typeof tag === "string").slice(0, 50).map((tag) => tag.slice(0, 200));
}

function cut(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value.slice(0, 256) : undefined;
}
