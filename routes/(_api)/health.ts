/**
 * How the log and its consumers do, and the events that could not be projected: for the dashboard of
 * whoever runs the installation.
 *
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import type { DeadLetter } from "@/consumers/dead_letter.ts";
import type { ConsumerLag } from "@/consumers/lag.ts";
import type { ReplaySummary } from "@/consumers/replay.ts";
import { passStateSchema } from "@/core/retention/pass_state.ts";
import { sessionAccess } from "./auth.ts";
import type { ApiDeps } from "./context.ts";
import { apiRouter, errorAnswers, jsonAnswer } from "./router.ts";

const count = z.number().int().nonnegative();
const states = ["running", "retrying", "parked"] as const;

export const healthSchema = z.object({
  log: z.object({ partitions: count, generation: count }),
  consumers: z.array(z.object({
    id: z.string(),
    /** `building`: a rebuild fills its tables. */
    registered: z.enum(["building", "active"]),
    status: z.enum([...states, "unattended"]),
    pending: count,
    dead_letters: count,
    partitions: z.array(z.object({
      partition: count,
      /** Null before the consumer has worked on it. */
      state: z.enum(states).nullable(),
      /** Why it is not running, in words. */
      detail: z.string().nullable(),
      since: z.string().nullable(),
      attended: z.boolean(),
      /** Events that wait; `more` when they were not all counted. */
      pending: count,
      more: z.boolean(),
      oldest_at: z.string().nullable(),
      dead_letters: count,
    })),
  })),
  /** How the latest pass of retention went; null before its first look. */
  retention: passStateSchema.nullable(),
}).meta({ id: "Health" });
export type Health = z.infer<typeof healthSchema>;

const letterSchema = z.object({
  consumer: z.string(),
  /** `partition/versionstamp/index`. */
  position: z.string(),
  event_id: z.string().nullable(),
  type: z.string().nullable(),
  project: z.string().nullable(),
  code: z.string(),
  detail: z.string(),
  /** When it was set aside. */
  at: z.string(),
  /** How often it was tried again without success. */
  replays: count,
});

const deadLettersSchema = z.object({
  /** At most 200. */
  dead_letters: z.array(letterSchema),
  more: z.boolean(),
}).meta({ id: "DeadLetters" });
export type DeadLettersAnswer = z.infer<typeof deadLettersSchema>;

const replayedSchema = z.object({
  replayed: count,
  /** Those that still cannot be projected, or were not tried because ClickHouse is away. */
  left: count,
});

/** What the routes ask of the consumers' side. */
export interface Attending {
  /** Every consumer that is not retired. */
  lags(): Promise<readonly ConsumerLag[]>;
  /** At most `limit` letters of all consumers that are not retired. */
  letters(limit: number): Promise<readonly DeadLetter[]>;
  /** Tries every one of them again. */
  replay(signal: AbortSignal): Promise<ReplaySummary>;
}

const mostLetters = 200;
const tags = ["Operations"];
const security = [{ session: [] }];
const lettersPath = "/v1/operations/dead-letters";

export function healthRoutes({ attending, log, retention, sessions }: ApiDeps) {
  const common = { tags, security, middleware: sessionAccess({ sessions }) } as const;

  const read = createRoute({
    ...common,
    method: "get",
    path: "/v1/operations/health",
    summary: "How the log and its consumers do",
    responses: { 200: jsonAnswer(healthSchema, "As it is now."), ...errorAnswers },
  });
  const list = createRoute({
    ...common,
    method: "get",
    path: lettersPath,
    summary: "Events that could not be projected",
    responses: { 200: jsonAnswer(deadLettersSchema, "By place in the log."), ...errorAnswers },
  });
  const replay = createRoute({
    ...common,
    method: "post",
    path: lettersPath,
    summary: "Try the events that could not be projected again",
    responses: { 200: jsonAnswer(replayedSchema, "How many are stored now."), ...errorAnswers },
  });

  return apiRouter()
    .openapi(read, async (c) => {
      const { partitions, generation } = log;
      const consumers = (await attending.lags()).map(shownConsumer);
      const health = { log: { partitions, generation }, consumers };
      return c.json({ ...health, retention: await retention.pass() }, 200);
    })
    .openapi(list, async (c) => {
      const letters = await attending.letters(mostLetters + 1);
      return c.json({
        dead_letters: letters.slice(0, mostLetters).map(shownLetter),
        more: letters.length > mostLetters,
      }, 200);
    })
    .openapi(replay, async (c) => c.json(await attending.replay(c.req.raw.signal), 200));
}

function shownConsumer(lag: ConsumerLag): Health["consumers"][number] {
  const { id, state, status, pending, deadLetters, partitions } = lag;
  return {
    id,
    registered: state === "building" ? "building" : "active",
    status,
    pending,
    dead_letters: deadLetters,
    partitions: partitions.map((one) => ({
      partition: one.partition,
      state: one.state?.state ?? null,
      detail: one.state && "detail" in one.state ? one.state.detail : null,
      since: one.state?.since ?? null,
      attended: one.attended,
      pending: one.pending,
      more: one.more,
      oldest_at: one.oldestAt,
      dead_letters: one.deadLetters,
    })),
  };
}

function shownLetter({ position, stage: _, ...letter }: DeadLetter) {
  const { partition, versionstamp, index } = position;
  return { ...letter, position: `${partition}/${versionstamp}/${index}` };
}
