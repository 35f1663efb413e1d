/**
 * The event API without HTTP: what a parsed body asks for, and what becomes of it.
 *
 * @module
 */
import { AppError } from "../error.ts";
import { object } from "../json.ts";
import type { Accepted, Acceptor, Offer } from "./accept.ts";
import type { Feedback, IngestContext } from "./context.ts";
import { chosenId, draftEvent } from "./event/draft.ts";
import type { IngestLimits } from "./limits.ts";
import { badFields, badInput, type Problem, problem } from "./problem.ts";
import { type BatchResult, type ItemResult } from "./schema/answer.ts";
import { checkEvent } from "./schema/check.ts";
import { ingestKinds } from "./schema/event.ts";
import { type ContentHash, contentHash, markOf, type Seen } from "./seen.ts";

export interface EventsPorts {
  readonly acceptor: Acceptor;
  readonly seen: Seen;
  /** Told of feedback on a call, after it is in the log. */
  readonly onFeedback: (feedback: Feedback) => void;
}

/** The request's `Idempotency-Key` and the hash of its body. */
export interface RequestKey {
  readonly key: string;
  readonly content: ContentHash;
}

/** One event of a body: its offer, or why there is none. */
type Read =
  | { readonly ok: true; readonly offer: Offer }
  | { readonly ok: false; readonly id: string | null; readonly problem: Problem };

export interface Events {
  /**
   * @throws {AppError} `idempotency_conflict` when the request's key was used for another body
   */
  take(
    items: readonly unknown[],
    context: IngestContext,
    key: RequestKey | null,
  ): Promise<ItemResult[]>;
}

export function createEvents({ acceptor, seen, onFeedback }: EventsPorts): Events {
  async function take(
    items: readonly unknown[],
    context: IngestContext,
    key: RequestKey | null,
  ): Promise<ItemResult[]> {
    const beside = key ? await requestMark(context.project, key) : [];
    const reads = items.map((item, i) => readItem(item, i, context, key));
    const offers = reads.flatMap((read) => read.ok ? [read.offer] : []);
    const accepted = await acceptor.accept(context.project, offers, beside);
    let next = 0;
    return reads.map((read) => {
      if (!read.ok) return refused(read.id, read.problem);
      // One outcome for each offer, in order.
      const outcome = accepted[next++] as Accepted;
      if ("error" in outcome) return refused(read.offer.id, outcome);
      if (outcome.status === 201 && outcome.feedback) onFeedback(outcome.feedback);
      return { id: read.offer.id, status: outcome.status };
    });
  }

  /** What to store for the request's key; nothing when it is there already. */
  async function requestMark(project: string, { key, content }: RequestKey) {
    const mark = markOf(project, "request", key);
    const [stored] = await seen.find([mark]);
    if (!stored) return [{ mark, content }];
    if (stored !== content) throw new AppError("idempotency_conflict");
    return [];
  }

  return { take };
}

function readItem(
  item: unknown,
  place: number,
  context: IngestContext,
  key: RequestKey | null,
): Read {
  const given = object(item);
  if (!given) return bad(null, badFields({ field: "event", expected: "must be an object" }));
  // The original's older clients say `event_type`.
  const named = given.type === undefined && typeof given.event_type === "string"
    ? { ...given, type: given.event_type }
    : given;
  const parsed = checkEvent(named);
  const claimed = typeof given.event_id === "string" ? given.event_id.slice(0, 128) : null;
  if (!parsed.success) return bad(claimed, inputProblem(named.type, parsed.error));
  const event = parsed.data;
  if (event.project_id && event.project_id !== context.project) {
    return bad(claimed, problem("project_not_found"));
  }
  const chosen = chosenId(event) ?? (key ? idFromKey(context.project, key, place) : null);
  const id = chosen ?? context.newId(context.now);
  return {
    ok: true,
    offer: {
      id,
      content: chosen === null ? null : contentHash(JSON.stringify(item)),
      draft: () => draftEvent(event, id, context),
    },
  };
}

type SchemaError = Parameters<typeof badInput>[0];

function inputProblem(type: unknown, error: SchemaError): Problem {
  const kinds: readonly unknown[] = ingestKinds;
  if (kinds.includes(type)) return badInput(error);
  return badFields({ field: "type", expected: `must be one of ${ingestKinds.join(", ")}` });
}

/** The same for the same request, so that its repetition finds it. */
function idFromKey(project: string, { key }: RequestKey, place: number): string {
  return `idem_${markOf(project, "request", `${key}\0${place}`)}`;
}

function bad(id: string | null, problem: Problem): Read {
  return { ok: false, id, problem };
}

function refused(id: string | null, { status, error }: Problem): ItemResult {
  return { id, status, error };
}

/** The answer to a batch, and its HTTP status: that of all results when they agree, else 207. */
export function batchAnswer(results: readonly ItemResult[]): { status: number; body: BatchResult } {
  const accepted = results.filter(({ status }) => status < 300).length;
  const [first] = results;
  const agree = results.every(({ status }) => status === first?.status);
  return {
    status: agree ? first?.status ?? 400 : 207,
    body: { results: [...results], accepted, rejected: results.length - accepted },
  };
}

/** The events of a batch: `{events: […]}` or the list itself. */
export function eventsOf(body: unknown, limits: Pick<IngestLimits, "events">): readonly unknown[] {
  const events = Array.isArray(body) ? body : object(body)?.events;
  if (!Array.isArray(events) || events.length === 0) {
    throw new AppError("bad_request", {
      fields: [{ field: "events", expected: `must be a list of 1 to ${limits.events} events` }],
    });
  }
  if (events.length > limits.events) {
    throw new AppError("too_many_events", { limit: limits.events, events: events.length });
  }
  return events;
}

/** A hash of a request's body, for its `Idempotency-Key`. */
export function requestKey(key: string, body: Uint8Array): RequestKey {
  return { key, content: contentHash(body) };
}
