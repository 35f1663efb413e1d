/**
 * Writes the event that ends a call: exactly one, whatever happened. A log that fails must not take
 * the provider's answer from the client, so failures are counted and reported, not thrown.
 *
 * @module
 */
import type { CallData } from "../event/call.ts";
import type { Cost } from "../event/cost.ts";
import { outputTokens, unknownUsage, type Usage } from "../event/usage.ts";
import type { AppError } from "../error.ts";
import type { LogWriter, Payload } from "../log/contract.ts";
import { callCost, type CallEnd } from "../pricing/call_cost.ts";
import { free } from "../pricing/price.ts";
import { noProjectPrices, type ProjectPrices } from "../pricing/project_price.ts";
import type { Answer, Call, CallDraft } from "./call.ts";
import { Capture } from "./capture.ts";
import { bounds } from "./attributes.ts";
import { decompress } from "./decompress.ts";
import { withEstimate } from "./estimate.ts";
import { type AnswerFacts, noFacts } from "./formats/format.ts";
import { readAnswer } from "./formats/read.ts";
import { formats } from "./formats/table.ts";
import { toolResultIds } from "./formats/tool_results.ts";
import { scrub } from "./scrub.ts";

/** How a call ended, as the one who ended it knows it. */
export interface Ending {
  /** `answered`: the provider's answer came to its end. */
  readonly how: "answered" | "failed" | "left";
  /** The status that the client got, or null when it left before. */
  readonly status: number | null;
  /** What failed, for `failed`. */
  readonly error?: AppError;
}

/** A finished call, ready for the log. */
export interface Finished {
  readonly call: Call;
  readonly draft: CallDraft;
  readonly facts: AnswerFacts;
  readonly payloads: Readonly<Record<string, Payload>>;
}

/** Most of a body that is kept, in bytes. */
export const keptBytes = 10 * 1024 * 1024;
/** Tool calls kept in the event itself; all of them are in the kept answer. */
const toolBounds = { calls: 32, arguments: 2_048 } as const;

/**
 * The prices that a project has negotiated: from memory, a promise only when nothing fresh enough is
 * there. It rejects when they cannot be read.
 */
export type PricesOf = (project: string) => ProjectPrices | Promise<ProjectPrices>;

type ReadPrices = ProjectPrices | null;
type CostOfCall = (usage: Usage, end: CallEnd) => Cost;

export interface RecorderPorts {
  readonly log: LogWriter;
  readonly now: () => number;
  /** Without it projects have no prices of their own. */
  readonly prices?: PricesOf | undefined;
  readonly warn: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

const nothing = () => {};

export class Recorder {
  readonly #ports: RecorderPorts;
  readonly #open = new Set<Promise<unknown>>();
  #unrecorded = 0;

  constructor(ports: RecorderPorts) {
    this.#ports = ports;
  }

  /** Calls whose event the log refused: they were answered and are missing. */
  get unrecorded(): number {
    return this.#unrecorded;
  }

  /**
   * Reads the answer and makes the event. A promise only when the answer is compressed, or the
   * project's prices have to be read first.
   */
  finish(call: Call, ending: Ending): Finished | Promise<Finished> {
    const endedAt = this.#ports.now();
    const { answer } = call;
    const prices = this.#pricesOf(call);
    if (!answer?.coding && !(prices instanceof Promise)) {
      return this.#make(call, ending, endedAt, answer?.capture ?? null, prices);
    }
    const finishing = this.#finishLater(call, ending, endedAt, prices);
    return this.#tracked(finishing);
  }

  /**
   * The event of an answer that was known before the call: nothing of it is read again, and its bytes
   * stand in the log already, with the call that bought it.
   */
  finishKnown(call: Call, ending: Ending, facts: AnswerFacts): Finished {
    const finished = finishedAs(call, ending, this.#ports.now(), facts, () => free());
    const keeps = !call.headers.attributes.omitRequest && call.body.length > 0;
    return { ...finished, payloads: keeps ? { request: requestPayload(call) } : {} };
  }

  async #finishLater(
    call: Call,
    ending: Ending,
    endedAt: number,
    prices: ReadPrices | Promise<ReadPrices>,
  ): Promise<Finished> {
    const { answer } = call;
    const readable = answer?.coding ? new Capture(keptBytes) : answer?.capture ?? null;
    if (answer?.coding && readable) {
      await decompress(answer.capture.head(), answer.coding, readable);
    }
    return this.#make(call, ending, endedAt, readable, await prices);
  }

  /** An answer that a reader cannot cope with costs the event its details, not the call its event. */
  #make(
    call: Call,
    ending: Ending,
    endedAt: number,
    readable: Capture | null,
    prices: ReadPrices,
  ): Finished {
    try {
      const facts = readFacts(call, readable);
      return finished(call, ending, endedAt, facts, readable, prices);
    } catch (error) {
      this.#ports.warn("An answer could not be read", {
        event_id: call.id,
        reason: scrub(error instanceof Error ? error.message : String(error)),
      });
      return finished(call, ending, endedAt, noFacts(unknownUsage()), readable, prices);
    }
  }

  /** Null when they could not be read: then the call's cost is not known either. */
  #pricesOf({ project }: Call): ReadPrices | Promise<ReadPrices> {
    const { prices } = this.#ports;
    if (!prices || !project) return noProjectPrices;
    const read = prices(project.project);
    if (!(read instanceof Promise)) return read;
    return read.catch((error: unknown) => {
      this.#ports.warn("A project's prices could not be read: its calls have no cost for now", {
        project: project.project,
        reason: scrub(error instanceof Error ? error.message : String(error)),
      });
      return null;
    });
  }

  /** Hands the event to the log; resolves after the commit, or after its failure. Never rejects. */
  append({ call, draft, facts, payloads }: Finished): Promise<void> {
    for (const hook of call.onFinished) this.#complete(() => hook(draft, facts), draft);
    const appending = this.#append(draft, payloads);
    return this.#tracked(appending);
  }

  /** What others have to add to the event must not cost the event. */
  #complete(hook: () => void, draft: CallDraft): void {
    try {
      hook();
    } catch (error) {
      this.#ports.warn("An event could not be completed", {
        event_id: draft.id,
        reason: scrub(error instanceof Error ? error.message : String(error)),
      });
    }
  }

  async #append(draft: CallDraft, payloads: Finished["payloads"]): Promise<void> {
    try {
      await this.#ports.log.append(draft, payloads);
    } catch (error) {
      this.#unrecorded++;
      this.#ports.warn("A call was answered but could not be recorded", {
        event_id: draft.id,
        unrecorded: this.#unrecorded,
        reason: scrub(error instanceof Error ? error.message : String(error)),
      });
    }
  }

  /** Has `drain()` wait for it; not for its result, which a set that grows would keep for a while. */
  #tracked<T>(work: Promise<T>): Promise<T> {
    const done: Promise<unknown> = work.then(nothing, nothing).then(() => this.#open.delete(done));
    this.#open.add(done);
    return work;
  }

  /** Waits for the events that are on their way. */
  async drain(): Promise<void> {
    while (this.#open.size > 0) await Promise.all(this.#open);
  }
}

function finished(
  call: Call,
  ending: Ending,
  endedAt: number,
  facts: AnswerFacts,
  readable: Capture | null,
  prices: ReadPrices,
): Finished {
  const type = eventType(ending, facts, call.answer);
  const told = estimated(call, type, facts, readable);
  const cost = (usage: Usage, end: CallEnd) => costOf(call, usage, told, prices, end);
  return {
    ...finishedAs(call, ending, endedAt, told, cost),
    payloads: payloadsOf(call, readable),
  };
}

function finishedAs(
  call: Call,
  ending: Ending,
  endedAt: number,
  facts: AnswerFacts,
  cost: CostOfCall,
): Omit<Finished, "payloads"> {
  const type = eventType(ending, facts, call.answer);
  const data = callData(call, ending, endedAt, facts, type, cost);
  const draft: CallDraft = {
    id: call.id,
    type,
    v: 1,
    // A call is recorded only once its key was verified.
    project: call.project?.project ?? "",
    at: new Date(call.at).toISOString(),
    data,
  };
  return { call, draft, facts };
}

function readFacts({ route, answer }: Call, readable: Capture | null): AnswerFacts {
  if (!answer || !readable) return noFacts(unknownUsage());
  // Of a translated answer the provider's own words count.
  const { original } = answer;
  const said = original?.capture ?? readable;
  return readAnswer(formats[original?.format ?? route.operation.format], {
    bytes: said.head(),
    tail: said.tail(),
    contentType: original?.contentType ?? answer.contentType,
    headers: original?.headers ?? answer.headers,
    status: answer.status,
  }, { text: false });
}

/** An answer that was cut before its usage: what is missing is counted by its text. */
function estimated(
  call: Call,
  type: CallDraft["type"],
  facts: AnswerFacts,
  readable: Capture | null,
): AnswerFacts {
  const { answer, route } = call;
  if (!answer || !readable || !isCut(call, type, facts)) return facts;
  // What a provider breaks off itself, it does not charge.
  if (facts.error) return facts;
  if (answer.status >= 300 || readable.total === 0) return facts;
  const { original } = answer;
  return withEstimate(facts, {
    asked: formats[route.operation.format],
    request: call.json,
    answered: original?.format ?? route.operation.format,
    body: {
      bytes: (original?.capture ?? readable).head(),
      contentType: original?.contentType ?? answer.contentType,
      status: answer.status,
    },
  });
}

/** A stream that ended without saying why was cut by somebody on the way. */
function isCut({ stream }: Call, type: CallDraft["type"], facts: AnswerFacts): boolean {
  if (facts.complete) return false;
  return type !== "call.completed" || (stream && facts.finishReason === null);
}

function eventType(
  { how }: Ending,
  facts: AnswerFacts,
  answer: Answer | null,
): "call.completed" | "call.failed" | "call.aborted" {
  if (how === "failed") return "call.failed";
  // A client that leaves after the last event has what it came for.
  if (how === "left" && !facts.complete) return "call.aborted";
  return facts.error || (answer?.status ?? 200) >= 400 ? "call.failed" : "call.completed";
}

function callData(
  call: Call,
  ending: Ending,
  endedAt: number,
  facts: AnswerFacts,
  type: CallDraft["type"],
  cost: CostOfCall,
): CallData {
  const { route, answer, provider, headers: { attributes } } = call;
  const usage = usageOf(facts.usage, isCut(call, type, facts));
  const error = errorOf(ending, facts, answer, type);
  return {
    provider: provider?.name ?? route.providerName,
    endpoint: route.operation.endpoint,
    model: call.model.slice(0, bounds.id),
    response_model: bounded(facts.responseModel),
    method: call.method,
    path: route.path.slice(0, 1_024),
    status_code: ending.status,
    error,
    stream: call.stream,
    cache: call.cacheStatus,
    latency_ms: rounded(endedAt - call.started),
    ttft_ms: sinceStart(call, answer?.firstByteAt ?? null),
    ...paceOf(call, usage),
    overhead_ms: rounded((call.sentAt ?? endedAt) - call.started - call.bodyWait),
    usage,
    cost: cost(usage, { status_code: ending.status, error }),
    service_tier: facts.tier,
    speed: facts.speed ?? null,
    inference_geo: facts.geo ?? null,
    provider_cost_usd: facts.providerCost ?? null,
    finish_reason: bounded(facts.finishReason),
    tool_calls: facts.toolCalls.slice(0, toolBounds.calls).map((tool) => ({
      id: tool.id.slice(0, bounds.id),
      name: tool.name.slice(0, bounds.id),
      arguments: tool.arguments.slice(0, toolBounds.arguments),
    })),
    tool_result_ids: toolResultsOf(call),
    response_id: bounded(facts.responseId),
    key_id: call.project?.keyId ?? "",
    provider_key_id: call.target?.key?.id ?? null,
    user_id: attributes.user ?? (call.bodyUser?.slice(0, bounds.id) || null),
    session_id: attributes.session,
    trace_id: attributes.traceId,
    span_id: attributes.spanId,
    parent_span_id: attributes.parentSpanId,
    properties: attributes.properties,
    ...translationOf(call),
    response_bytes: answer?.sentBytes ?? 0,
    demo: false,
  };
}

/** How a stream flowed; null for what is none, and for what is not known. */
function paceOf({ stream, answer }: Call, usage: Usage) {
  const { firstByteAt = null, lastByteAt = null, longestGap = null } = answer ?? {};
  if (!stream || firstByteAt === null || lastByteAt === null || lastByteAt === firstByteAt) {
    return { stream_gap_ms: null, tokens_per_second: null };
  }
  const tokens = outputTokens(usage.buckets);
  const perSecond = tokens * 1_000 / (lastByteAt - firstByteAt);
  return {
    stream_gap_ms: rounded(longestGap ?? 0),
    tokens_per_second: usage.source === "none" ? null : rounded(perSecond),
  };
}

function translationOf({ target }: Call): Pick<CallData, "translation"> {
  const translation = target?.translation;
  if (!translation) return {};
  const { from, to, left } = translation;
  return { translation: { client: to, provider: from, left_out: [...left] } };
}

/** Null when the request brings no tool's result: nearly always. */
function toolResultsOf({ json }: Call): string[] | null {
  const ids = toolResultIds(json);
  return ids.length > 0 ? [...ids] : null;
}

/** Usage of an answer that was cut is what was reported until then. */
function usageOf(usage: Usage, cut: boolean): Usage {
  return cut && usage.source === "provider" ? { ...usage, source: "partial" } : usage;
}

function costOf(
  call: Call,
  usage: Usage,
  facts: AnswerFacts,
  prices: ProjectPrices | null,
  end: CallEnd,
): CallData["cost"] {
  return callCost(
    call.route.operation.endpoint,
    usage,
    {
      provider: call.provider?.name ?? call.route.providerName,
      model: call.model,
      responseModel: facts.responseModel,
      at: new Date(call.at),
      tier: facts.tier,
      speed: facts.speed ?? null,
      geo: facts.geo ?? null,
    },
    prices,
    end,
  );
}

function errorOf(
  { error, how }: Ending,
  facts: AnswerFacts,
  answer: Answer | null,
  type: CallDraft["type"],
): CallData["error"] {
  if (error) {
    const origin = error.code.startsWith("upstream_") ? "network" : "gateway";
    return { code: error.code, message: scrub(error.message), origin };
  }
  if (facts.error) return { ...facts.error, origin: "provider" };
  if (type === "call.failed") {
    return { code: `http_${answer?.status ?? 0}`, message: "", origin: "provider" };
  }
  if (how !== "left" || type === "call.completed") return null;
  return {
    code: "client_closed",
    message: "The client left before the answer's end.",
    origin: "client",
  };
}

function payloadsOf(call: Call, readable: Capture | null) {
  const { headers, body, answer } = call;
  const payloads: Record<string, Payload> = {};
  const { omitRequest, omitResponse } = headers.attributes;
  if (!omitRequest && body.length > 0) payloads.request = requestPayload(call);
  if (!omitResponse && answer && readable && readable.total > 0) {
    payloads.response = payload(readable.head(), answer.contentType, readable.total);
  }
  return payloads;
}

function requestPayload({ headers, body }: Call): Payload {
  return payload(body.subarray(0, keptBytes), headers.contentType, body.length);
}

function payload(bytes: Uint8Array, contentType: string | null, total: number): Payload {
  return { bytes, contentType, ...(total > bytes.length && { originalBytes: total }) };
}

/** A provider's word, cut so that an event stays small whatever an answer holds. */
function bounded(value: string | null): string | null {
  return value === null ? null : value.slice(0, bounds.id);
}

function sinceStart(call: Call, at: number | null): number | null {
  return at === null ? null : rounded(at - call.started);
}

/** To the microsecond, and never below zero: the clock's finer digits are noise. */
function rounded(milliseconds: number): number {
  return Math.max(0, Math.round(milliseconds * 1_000) / 1_000);
}
