/**
 * What a project's retention would take away, what it has taken away, and the erasure of one user or one
 * call. How long things are kept is a section of the project's settings.
 *
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { AppError } from "@/core/error.ts";
import { type ErasureData, erasureDataSchema } from "@/core/event/retention.ts";
import { type Cuts, cutsOf } from "@/core/retention/cuts.ts";
import type { Amounts, RemovedAmounts } from "@/core/retention/figures.ts";
import { passStateSchema } from "@/core/retention/pass_state.ts";
import type { PassState } from "@/core/retention/pass_state.ts";
import { retentionSchema } from "@/core/retention/settings.ts";
import { sessionAccess } from "./auth.ts";
import type { ApiDeps } from "./context.ts";
import { apiRouter, errorAnswers, jsonAnswer } from "./router.ts";

const count = z.number().int().nonnegative();
const instant = z.iso.datetime({ precision: 3 }).nullable();

const amounts = {
  calls: count,
  spans: count,
  scores: count,
  /** Calls whose prompts or answers go, those whose call goes included. */
  bodies: count,
  body_bytes: count,
};

const previewSchema = z.object({
  project_id: z.string(),
  /** Calls, traces and scores from before would go; null: none. */
  calls_before: instant,
  bodies_before: instant,
  ...amounts,
}).meta({ id: "RetentionPreview" });
export type RetentionPreview = z.infer<typeof previewSchema>;

const removedAmount = { calls: count, bodies: count, body_bytes: count };

const retentionStateSchema = z.object({
  project_id: z.string(),
  /** What is gone: calls, traces and scores from before; their sums stay. */
  calls_before: instant,
  bodies_before: instant,
  /** What was taken away; null while ClickHouse is away. */
  removed: z.object({
    total: z.object(removedAmount),
    /** At most ten, the newest first. */
    latest: z.array(z.object({ at: z.iso.datetime({ precision: 3 }), ...removedAmount })),
  }).nullable(),
  /** How retention does in the whole installation; null before its first look. */
  pass: passStateSchema.nullable(),
}).meta({ id: "RetentionState" });
export type RetentionState = z.infer<typeof retentionStateSchema>;

const erasedSchema = z.object({ project_id: z.string(), dry_run: z.boolean(), ...amounts })
  .meta({ id: "Erased" });

/** What the routes ask for. */
export interface RetentionApi {
  before(project: string, cuts: Cuts, signal: AbortSignal): Promise<Amounts>;
  /** What was taken away so far. */
  cuts(project: string): Promise<Cuts>;
  removed(project: string, signal: AbortSignal): Promise<RemovedAmounts>;
  pass(): Promise<PassState | null>;
  /** What there is of a user or a call. */
  of(project: string, whom: ErasureData, signal: AbortSignal): Promise<Amounts>;
  erase(project: string, whom: ErasureData): Promise<void>;
}

const tags = ["Projects"];
const security = [{ session: [] }];
const idPath = z.object({ id: z.string() });

export function retentionRoutes({ retention, projects, sessions, now }: ApiDeps) {
  const common = { tags, security, middleware: sessionAccess({ sessions }) } as const;

  const preview = createRoute({
    ...common,
    method: "post",
    path: "/v1/projects/{id}/settings/retention/preview",
    summary: "What a retention would take away, before it is saved",
    request: {
      params: idPath,
      body: {
        required: true,
        content: {
          "application/json": { schema: z.strictObject({ settings: retentionSchema }) },
        },
      },
    },
    responses: { 200: jsonAnswer(previewSchema, "Counted now."), ...errorAnswers },
  });
  const state = createRoute({
    ...common,
    method: "get",
    path: "/v1/projects/{id}/retention",
    summary: "What retention has taken away",
    request: { params: idPath },
    responses: { 200: jsonAnswer(retentionStateSchema, "As it is now."), ...errorAnswers },
  });
  const erase = createRoute({
    ...common,
    method: "post",
    path: "/v1/projects/{id}/erasures",
    summary: "Erase one user or one call for good",
    request: {
      params: idPath,
      body: {
        required: true,
        content: {
          "application/json": {
            schema: z.strictObject({
              /** The user, or the call by its event's id: one of the two. */
              user_id: z.string().min(1).max(512).optional(),
              event_id: z.string().min(1).max(128).optional(),
              /** Only counts. */
              dry_run: z.boolean().default(false),
            }),
          },
        },
      },
    },
    responses: {
      200: jsonAnswer(
        erasedSchema,
        "In the log: gone from analytics in a moment, from disk in two days.",
      ),
      ...errorAnswers,
    },
  });

  async function known(project: string): Promise<void> {
    if (!await projects.get(project)) throw new AppError("project_not_found");
  }

  return apiRouter()
    .openapi(preview, async (c) => {
      const { id } = c.req.valid("param");
      await known(id);
      const cuts = cutsOf(c.req.valid("json").settings, now());
      const found = await retention.before(id, cuts, c.req.raw.signal);
      return c.json({ project_id: id, ...cuts, ...found }, 200);
    })
    .openapi(state, async (c) => {
      const { id } = c.req.valid("param");
      await known(id);
      const [cuts, removed, pass] = await Promise.all([
        retention.cuts(id),
        unlessAway(retention.removed(id, c.req.raw.signal)),
        retention.pass(),
      ]);
      const shown = removed && { total: removed.total, latest: [...removed.latest] };
      return c.json({ project_id: id, ...cuts, removed: shown, pass }, 200);
    })
    .openapi(erase, async (c) => {
      const { id } = c.req.valid("param");
      const { dry_run, ...asked } = c.req.valid("json");
      await known(id);
      const whom = erasureDataSchema.safeParse(asked);
      if (!whom.success || Object.keys(asked).length !== 1) {
        throw new AppError("bad_request", {
          fields: [{ field: "user_id", expected: "must be given, or event_id, but not both" }],
        });
      }
      const found = await retention.of(id, whom.data, c.req.raw.signal);
      if (!dry_run) await retention.erase(id, whom.data);
      return c.json({ project_id: id, dry_run, ...found }, 200);
    });
}

/** Null while ClickHouse is away. */
async function unlessAway<T>(read: Promise<T>): Promise<T | null> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof AppError && error.code === "analytics_unavailable") return null;
    throw error;
  }
}
