/**
 * Langfuse's ingestion of before OpenTelemetry: traces, observations and scores, each told of in any
 * number of creations and updates, by which the latest word on each field holds.
 *
 * Guarantees: an item is applied once, by its envelope's id; what is known of an object and the event
 * that tells it are stored in one commit; the analytics show one call, span or score for each object.
 *
 * @module
 */
import { AppError } from "../../error.ts";
import { object, text } from "../../json.ts";
import type { EventDraft, LogWriter } from "../../log/contract.ts";
import type { KvPort } from "../../log/kv.ts";
import type { Drafted, IngestContext } from "../context.ts";
import { badInput, overloaded, type Problem, problem } from "../problem.ts";
import { langfuseDraft } from "./langfuse_draft.ts";
import {
  type LangfuseAnswer,
  type LangfuseBody,
  type LangfuseItem,
  langfuseItemSchema,
} from "./langfuse_schema.ts";
import { type Known, knownCompanions, readKnown } from "./parts.ts";

export interface LangfusePorts {
  readonly log: Pick<LogWriter, "append">;
  readonly kv: KvPort;
  readonly report: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

export interface Langfuse {
  /** Never rejects. */
  take(batch: readonly unknown[], context: IngestContext): Promise<LangfuseAnswer>;
}

/** What one object is told in one request. */
interface Telling {
  readonly name: string;
  readonly kind: ObjectKind;
  readonly items: { readonly place: number; readonly item: LangfuseItem }[];
}

export type ObjectKind = "trace" | "score" | "observation";

type Outcome = { readonly id: string } & ({ readonly status: 200 | 201 } | Problem);

export function createLangfuse({ log, kv, report }: LangfusePorts): Langfuse {
  /** By object: who tells of it now. */
  const turns = new Map<string, Promise<unknown>>();

  async function take(batch: readonly unknown[], context: IngestContext): Promise<LangfuseAnswer> {
    const outcomes: Outcome[] = [];
    const tellings = new Map<string, Telling>();
    batch.forEach((given, place) => {
      const parsed = langfuseItemSchema.safeParse(given);
      if (!parsed.success) {
        const id = object(given)?.id;
        outcomes[place] = {
          id: typeof id === "string" ? id.slice(0, 256) : `${place}`,
          ...badInput(parsed.error),
        };
        return;
      }
      const item = parsed.data;
      if (item.type === "sdk-log") {
        outcomes[place] = { id: item.id, status: 201 };
        return;
      }
      const kind = kindOf(item);
      const name = `${kind}:${item.body.id ?? item.id}`;
      const telling = tellings.get(name) ?? { name, kind, items: [] };
      tellings.set(name, telling);
      telling.items.push({ place, item });
    });
    // Traces first: their user and session belong to what is below them.
    const ordered = [...tellings.values()].sort((a, b) =>
      Number(b.kind === "trace") - Number(a.kind === "trace")
    );
    for (const telling of ordered) {
      const outcome = await inTurn(
        `${context.project}\0${telling.name}`,
        () => tell(telling, context),
      );
      for (const { place, item } of telling.items) outcomes[place] = { id: item.id, ...outcome };
    }
    return answerOf(outcomes);
  }

  function inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    const turn = (turns.get(name) ?? Promise.resolve()).then(work);
    // Whoever asked for it hears of its failure; the next one has its turn all the same.
    const settled = turn.catch(() => {});
    turns.set(name, settled);
    settled.then(() => {
      if (turns.get(name) === settled) turns.delete(name);
    });
    return turn;
  }

  async function tell(
    { name, kind, items }: Telling,
    context: IngestContext,
  ): Promise<{ status: 200 | 201 } | Problem> {
    try {
      const known = await readKnown(kv, context.project, name);
      const fresh = items.filter(({ item }) => !known?.applied.includes(item.id));
      const [first] = fresh;
      if (!first) return { status: 200 };
      const body = merged(known?.body ?? {}, fresh.map(({ item }) => item));
      const trace = kind === "observation" && typeof body.traceId === "string"
        ? await readKnown(kv, context.project, `trace:${body.traceId}`)
        : null;
      const id = known?.event_id ?? eventIdOf(kind, body, first.item);
      const drafted = langfuseDraft(kind, first.item, body, trace?.body ?? {}, id, {
        ...context,
        now: Date.parse(known?.at ?? "") || context.now,
      });
      if ("error" in drafted) return drafted;
      const { draft, payloads } = known ? amending(drafted, known, context) : drafted;
      const next: Known = {
        event_id: id,
        at: draft.at,
        applied: [...known?.applied ?? [], ...fresh.map(({ item }) => item.id)],
        body,
      };
      await log.append(draft, payloads, knownCompanions(context.project, name, next));
      return { status: 201 };
    } catch (error) {
      return refused(error);
    }
  }

  function refused(error: unknown): Problem {
    const code = error instanceof AppError ? error.code : null;
    if (code === "log_overloaded") return overloaded;
    if (code === "log_closed" || code === "log_unavailable") return problem(code);
    if (code === "bad_request") return problem("event_too_large");
    report("An item of Langfuse's could not be stored", { reason: String(error) });
    return problem("internal");
  }

  return { take };
}

function kindOf({ type }: LangfuseItem): ObjectKind {
  if (type === "trace-create") return "trace";
  return type === "score-create" ? "score" : "observation";
}

/** The event that stands for an object; a trace and its root may have one id. */
function eventIdOf(kind: ObjectKind, body: Readonly<Record<string, unknown>>, item: LangfuseItem) {
  const id = String(body.id ?? item.id).slice(0, 110);
  return kind === "trace" ? `trace:${id}` : kind === "score" ? `score:${id}` : id;
}

/** The latest word on each field; what is null says nothing. */
function merged(
  known: Readonly<Record<string, unknown>>,
  items: readonly LangfuseItem[],
): LangfuseBody & Record<string, unknown> {
  const body: Record<string, unknown> = { ...known };
  for (const { type, body: told } of items) {
    for (const [name, value] of Object.entries(told)) {
      if (value === null || value === undefined || name === "__proto__") continue;
      const before = object(body[name]);
      const more = object(value);
      body[name] = name === "metadata" && before && more ? { ...before, ...more } : value;
    }
    const said = type.startsWith("observation")
      ? (text(told.type) ?? text(body["~type"]) ?? "span").toLowerCase()
      : type.replace(/-(create|update)$/, "");
    body["~type"] = said;
  }
  return body;
}

/** The same event as one that takes the place of the first. */
function amending({ draft, payloads }: Drafted, known: Known, context: IngestContext) {
  const id = context.newId(context.now);
  const at = known.at;
  switch (draft.type) {
    case "call.completed":
    case "call.failed":
    case "call.aborted": {
      const data = { event_id: known.event_id, outcome: draft.type, call: draft.data };
      const amended: EventDraft = { ...draft, id, at, type: "call.amended", data };
      return { draft: amended, payloads };
    }
    case "span.recorded":
      return {
        draft: { ...draft, id, at, data: { ...draft.data, amends: known.event_id } },
        payloads,
      };
    case "score.recorded":
      return {
        draft: { ...draft, id, at, data: { ...draft.data, amends: known.event_id } },
        payloads,
      };
    default:
      throw new TypeError(`An object of Langfuse's cannot be a ${draft.type}`);
  }
}

function answerOf(outcomes: readonly Outcome[]): LangfuseAnswer {
  const answer: LangfuseAnswer = { successes: [], errors: [] };
  for (const outcome of outcomes) {
    if ("error" in outcome) {
      const { id, status, error } = outcome;
      answer.errors.push({ id, status, message: error.message, error: error.code });
    } else answer.successes.push({ id: outcome.id, status: 201 });
  }
  return answer;
}
