/**
 * Everything that a page shows of one call: its facts, its conversation, how its cost came about, what
 * was decided, and what people and programs thought of it.
 *
 * @module
 */
import { z } from "zod";
import type { Analytics, ReadOptions } from "../analytics/contract.ts";
import type { Store } from "../analytics/store.ts";
import {
  bodyInfoSchema,
  costBreakdownSchema,
  decisionSchema,
  type EventDetail,
  eventRowSchema,
} from "../analytics/types.ts";
import { keptHeadersSchema } from "../event/call.ts";
import { transcriptOf } from "./transcript.ts";
import { transcriptSchema } from "./types.ts";

export const feedbackSchema = z.object({
  at: z.iso.datetime({ precision: 3 }),
  name: z.string(),
  /** The value as it is read: a number, a word, yes or no. */
  value: z.string(),
  comment: z.string().nullable(),
  source: z.string(),
});
export type Feedback = z.infer<typeof feedbackSchema>;

export const callViewSchema = z.object({
  event: eventRowSchema,
  transcript: transcriptSchema,
  cost_breakdown: costBreakdownSchema,
  decisions: z.array(decisionSchema),
  bodies: z.object({ request: bodyInfoSchema.nullable(), response: bodyInfoSchema.nullable() }),
  /** Headers that help to understand the call, by name in lower case; null when none was kept. */
  headers: keptHeadersSchema.nullable(),
  /** Latest first, at most 50. */
  feedback: z.array(feedbackSchema),
});
export type CallView = z.infer<typeof callViewSchema>;

/** A call, and its bodies as text for whoever wants them raw. */
export interface ReadCall {
  readonly view: CallView;
  readonly request: string | null;
  readonly response: string | null;
}

/**
 * Null when this project has no such call.
 *
 * @throws {AppError} `analytics_unavailable` while ClickHouse is away
 */
export type ReadCallView = (
  project: string,
  eventId: string,
  options?: ReadOptions,
) => Promise<ReadCall | null>;

export function createCallView(store: Store, analytics: Pick<Analytics, "event">): ReadCallView {
  return async (project, eventId, options = {}) => {
    const [detail, feedback] = await Promise.all([
      analytics.event(project, eventId, { ...options, raw: true }),
      feedbackOn(store, project, eventId, options),
    ]);
    if (!detail) return null;
    const request = textOf(detail, "request");
    const response = textOf(detail, "response");
    const { cost_breakdown, decisions, bodies, headers } = detail;
    const event = { ...detail.event, error: readable(detail.event.error) };
    const transcript = transcriptOf({
      path: event.path,
      request,
      response,
      responseType: bodies.response?.content_type ?? null,
      status: event.status_code,
    });
    return {
      view: { event, transcript, cost_breakdown, decisions, bodies, headers, feedback },
      request,
      response,
    };
  };
}

/** An error as a page shows it: some providers answer whole documents. */
function readable(error: EventDetail["event"]["error"]): EventDetail["event"]["error"] {
  return error && {
    code: error.code.slice(0, 200),
    message: error.message.slice(0, 10_000),
    origin: error.origin.slice(0, 200),
  };
}

/** A body that is text; null for one that is not, or was not kept. */
function textOf(detail: EventDetail, side: "request" | "response"): string | null {
  const body = detail[side];
  return typeof body === "string" && detail.bodies[side]?.encoding !== "base64" ? body : null;
}

interface ScoreRow {
  readonly timestamp: string;
  readonly name: string;
  readonly value: number | null;
  readonly text: string;
  readonly comment: string | null;
  readonly source: string;
}

async function feedbackOn(
  store: Store,
  project: string,
  eventId: string,
  options: ReadOptions,
): Promise<Feedback[]> {
  const rows = await store.query<ScoreRow>(
    `SELECT timestamp, name, value, text, comment, source FROM scores
    WHERE project_id = {project:String} AND target_event_id = {event_id:String}
    ORDER BY timestamp DESC, event_id DESC LIMIT 1 BY event_id LIMIT 50`,
    { project, event_id: eventId },
    options,
  );
  return rows.map(({ timestamp, name, value, text, comment, source }) => ({
    at: timestamp,
    name,
    value: text || (value === null ? "" : String(value)),
    comment,
    source,
  }));
}
