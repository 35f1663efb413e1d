/**
 * The routes about traces, sessions, users, models, tools and scores.
 *
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { filterFields, filtersOf, querySchema } from "@/core/analytics/filters.ts";
import { rangeFields, rangeOf } from "@/core/analytics/range.ts";
import {
  modelListSchema,
  scorePageSchema,
  sessionPageSchema,
  sessionSchema,
  spanDetailSchema,
  toolListSchema,
  tracePageSchema,
  traceSchema,
  unmappedSchema,
  userPageSchema,
  userSchema,
} from "@/core/analytics/trace_types.ts";
import type { Range } from "@/core/analytics/contract.ts";
import { AppError, type ErrorCode } from "@/core/error.ts";
import { projectAccess } from "./auth.ts";
import type { ApiDeps } from "./context.ts";
import { badRequest } from "./errors.ts";
import { apiRouter, errorAnswers, jsonAnswer } from "./router.ts";

const tags = ["Traces"];
const security = [{ projectKey: [] }, { session: [] }];

const text = z.string().min(1).max(1_000);
const several = z.union([text, z.array(text).min(1).max(100)]).optional();
const ranged = { project_id: z.string().min(1).optional(), ...rangeFields };
const paged = {
  ...ranged,
  limit: z.coerce.number<string>().int().min(1).max(200).default(50),
  cursor: z.string().min(1).max(1_200).optional(),
  order: z.enum(["asc", "desc"]).default("desc"),
};

/** What each list can be filtered by, with one value or several. */
const filterNames = {
  traces: ["user_id", "session_id", "environment", "model"],
  sessions: ["user_id", "session_id"],
  users: ["user_id"],
  scores: ["name", "kind", "target_event_id", "trace_id", "session_id", "user_id"],
} as const;

/** The query of a list: a range, a page and filters of these names. */
function listQuery<N extends string>(names: readonly N[]) {
  // Object.fromEntries does not tell which names its pairs had.
  const filters = Object.fromEntries(names.map((name) => [name, several])) as Record<
    N,
    typeof several
  >;
  return z.strictObject({ ...paged, ...filters });
}

const tracesQuery = listQuery(filterNames.traces).extend({
  status: z.enum(["success", "error"]).optional(),
  name: text.optional(),
});
const sessionsQuery = listQuery(filterNames.sessions);
const usersQuery = listQuery(filterNames.users);
const scoresQuery = listQuery(filterNames.scores);
const rangeQuery = z.strictObject(ranged);
const modelsQuery = querySchema({ ...ranged, ...filterFields });
const oneQuery = z.strictObject({ project_id: z.string().min(1).optional() });

/** Without a range: the last week. */
function weekOf(query: z.infer<z.ZodObject<typeof rangeFields>>, now: number): Range {
  const given = query.period ?? query.date_from;
  const result = rangeOf(given === undefined ? { ...query, period: "7d" } : query, now);
  if (!result.ok) throw badRequest({ field: result.field, expected: result.expected });
  return result.value;
}

/** The filters of these names as lists. */
function filtersIn<N extends string>(
  query: Readonly<Partial<Record<N, string | string[] | undefined>>>,
  names: readonly N[],
) {
  const pairs = names.map((name) => {
    const value: string | string[] | undefined = query[name];
    return [name, typeof value === "string" ? [value] : value] as const;
  });
  // As above.
  return Object.fromEntries(pairs) as Record<N, readonly string[] | undefined>;
}

/** @throws {AppError} what is told when there is no such thing */
function orMissing<T>(found: T | null, code: ErrorCode): T {
  if (found === null) throw new AppError(code);
  return found;
}

export function traceRoutes(deps: ApiDeps) {
  const { traces, now } = deps;
  const common = { method: "get", tags, security, middleware: projectAccess(deps) } as const;
  const list = <P extends string, Q extends z.ZodObject, A extends z.ZodType>(
    path: P,
    summary: string,
    query: Q,
    answer: A,
  ) =>
    createRoute({
      ...common,
      path,
      summary,
      request: { query },
      responses: { 200: jsonAnswer(answer, summary), ...errorAnswers },
    });
  const one = <
    P extends string,
    N extends string,
    Q extends z.ZodObject,
    A extends z.ZodType,
  >(
    path: P,
    summary: string,
    id: N,
    query: Q,
    answer: A,
  ) => {
    // A computed name is any text to the compiler.
    const params = z.object({ [id]: z.string().min(1).max(256) } as Record<N, z.ZodString>);
    return createRoute({
      ...common,
      path,
      summary,
      request: { params, query },
      responses: { 200: jsonAnswer(answer, summary), ...errorAnswers },
    });
  };

  return apiRouter()
    .openapi(
      list("/v1/analytics/traces", "Traces, latest first", tracesQuery, tracePageSchema),
      async (c) => {
        const query = c.req.valid("query");
        const { status, name } = query;
        const filters = { ...filtersIn(query, filterNames.traces), status, name };
        const asked = { ...pageOf(query), filters };
        return c.json(await traces.traces(c.var.project, asked, signalOf(c)), 200);
      },
    )
    .openapi(
      one(
        "/v1/analytics/traces/{trace_id}",
        "One trace as a tree",
        "trace_id",
        oneQuery,
        traceSchema,
      ),
      async (c) => {
        const { trace_id } = c.req.valid("param");
        const found = await traces.trace(c.var.project, trace_id, signalOf(c));
        return c.json(orMissing(found, "trace_not_found"), 200);
      },
    )
    .openapi(
      one(
        "/v1/analytics/spans/{event_id}",
        "One span, whole",
        "event_id",
        oneQuery,
        spanDetailSchema,
      ),
      async (c) => {
        const { event_id } = c.req.valid("param");
        const found = await traces.span(c.var.project, event_id, signalOf(c));
        return c.json(orMissing(found, "event_not_found"), 200);
      },
    )
    .openapi(
      list("/v1/analytics/sessions", "Sessions, latest first", sessionsQuery, sessionPageSchema),
      async (c) => {
        const query = c.req.valid("query");
        const asked = { ...pageOf(query), filters: filtersIn(query, filterNames.sessions) };
        return c.json(await traces.sessions(c.var.project, asked, signalOf(c)), 200);
      },
    )
    .openapi(
      one(
        "/v1/analytics/sessions/{session_id}",
        "One session",
        "session_id",
        oneQuery,
        sessionSchema,
      ),
      async (c) => {
        const { session_id } = c.req.valid("param");
        const found = await traces.session(c.var.project, session_id, signalOf(c));
        return c.json(orMissing(found, "session_not_found"), 200);
      },
    )
    .openapi(
      list("/v1/analytics/users", "Users, the one seen last first", usersQuery, userPageSchema),
      async (c) => {
        const query = c.req.valid("query");
        const asked = { ...pageOf(query), filters: filtersIn(query, filterNames.users) };
        return c.json(await traces.users(c.var.project, asked, signalOf(c)), 200);
      },
    )
    .openapi(
      one("/v1/analytics/users/{user_id}", "One user", "user_id", rangeQuery, userSchema),
      async (c) => {
        const { user_id } = c.req.valid("param");
        const range = weekOf(c.req.valid("query"), now());
        const found = await traces.user(c.var.project, user_id, { range }, signalOf(c));
        return c.json(orMissing(found, "user_not_found"), 200);
      },
    )
    .openapi(
      list("/v1/analytics/models", "Models, most used first", modelsQuery, modelListSchema),
      async (c) => {
        const query = c.req.valid("query");
        const asked = { range: weekOf(query, now()), filters: filtersOf(query) };
        return c.json({ models: await traces.models(c.var.project, asked, signalOf(c)) }, 200);
      },
    )
    .openapi(
      list("/v1/analytics/tools", "Tools and how long they take", rangeQuery, toolListSchema),
      async (c) => {
        const range = weekOf(c.req.valid("query"), now());
        return c.json({ tools: await traces.tools(c.var.project, { range }, signalOf(c)) }, 200);
      },
    )
    .openapi(
      list(
        "/v1/analytics/scores",
        "Scores and feedback, latest first",
        scoresQuery,
        scorePageSchema,
      ),
      async (c) => {
        const query = c.req.valid("query");
        const asked = { ...pageOf(query), filters: filtersIn(query, filterNames.scores) };
        return c.json(await traces.scores(c.var.project, asked, signalOf(c)), 200);
      },
    )
    .openapi(
      list(
        "/v1/analytics/unmapped-attributes",
        "Attributes of spans that the mapping does not know",
        rangeQuery,
        unmappedSchema,
      ),
      async (c) => {
        const range = weekOf(c.req.valid("query"), now());
        return c.json(await traces.unmapped(c.var.project, { range }, signalOf(c)), 200);
      },
    );

  function pageOf(query: z.infer<z.ZodObject<typeof paged>>) {
    const { limit, cursor, order } = query;
    return { range: weekOf(query, now()), limit, cursor, order };
  }
}

function signalOf(c: { readonly req: { readonly raw: Request } }) {
  return { signal: c.req.raw.signal };
}
