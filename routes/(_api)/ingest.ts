/**
 * The event API. Bodies are read by hand: they may be compressed and larger than other requests'.
 *
 * @module
 */
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { AppError } from "@/core/error.ts";
import { parseBody, readBody } from "@/core/ingest/body.ts";
import { batchAnswer, eventsOf, requestKey } from "@/core/ingest/events.ts";
import type { Ingest } from "@/core/ingest/ingest.ts";
import type { ItemResult } from "@/core/ingest/schema/answer.ts";
import type { ProjectKey } from "@/core/identity/contract.ts";
import type { ApiDeps, ApiEnv } from "./context.ts";
import { badRequest } from "./errors.ts";
import { keyOwner } from "./ingest_auth.ts";
import { ingestPaths } from "./openapi_ingest.ts";
import { apiRouter } from "./router.ts";

/** Paths of everything that is ingested. */
const paths =
  /^\/(v1\/(events(\/batch)?|feedback|traces|metrics|logs|projects\/[^/]+\/events)|api\/public\/(otel\/v1\/(traces|metrics|logs)|ingestion)|(v1\/trace\/custom|custom|oai|anthropic)\/v1\/log|v1\/log\/request)$/;

/** Whether a request brings events: its body has limits of its own. */
export function isIngestPath(pathname: string): boolean {
  return paths.test(pathname);
}

type Deps = Pick<ApiDeps, "ingest" | "verifier">;
export type ApiContext = Context<ApiEnv>;

export function ingestRoutes({ ingest, verifier }: Deps) {
  const app = apiRouter();
  for (const path of ingestPaths) app.openAPIRegistry.registerPath(path);

  app.post("/v1/events", async (c) => {
    const owner = await keyOwner(verifier, c.req.raw.headers);
    return await withBody(c, ingest, (body, bytes) => single(c, owner, body, bytes));
  });

  app.post("/v1/events/batch", async (c) => {
    const owner = await keyOwner(verifier, c.req.raw.headers);
    return await withBody(c, ingest, (body, bytes) => batch(c, owner, body, bytes));
  });

  app.post("/v1/feedback", async (c) => {
    const owner = await keyOwner(verifier, c.req.raw.headers);
    return await withBody(c, ingest, (body, bytes) => single(c, owner, asFeedback(body), bytes));
  });

  app.post("/v1/projects/:project_id/events", async (c) => {
    const owner = await keyOwner(verifier, c.req.raw.headers);
    if (c.req.param("project_id") !== owner.project) throw new AppError("project_not_found");
    return await withBody(
      c,
      ingest,
      (body, bytes) => isBatch(body) ? batch(c, owner, body, bytes) : single(c, owner, body, bytes),
    );
  });

  async function single(c: ApiContext, owner: ProjectKey, body: unknown, bytes: Uint8Array) {
    if (typeof body !== "object" || body === null || Array.isArray(body)) {
      throw badRequest({ field: "body", expected: "must be an object" });
    }
    const context = await ingest.context(owner, "sdk");
    // One outcome for one event.
    const [result] = await ingest.events.take([body], context, keyOf(c, bytes)) as [ItemResult];
    return result.error ? refused(c, result) : c.json(result, statusOf(result.status));
  }

  async function batch(c: ApiContext, owner: ProjectKey, body: unknown, bytes: Uint8Array) {
    const items = eventsOf(body, ingest.limits);
    const context = await ingest.context(owner, "sdk");
    const results = await ingest.events.take(items, context, keyOf(c, bytes));
    const { status, body: answer } = batchAnswer(results);
    if (results.some((result) => isTransient(result.status))) c.header("Retry-After", "1");
    const [first] = results;
    const error = answer.accepted === 0 && first?.error ? errorBody(c, first.error) : {};
    return c.json({ ...answer, ...error }, statusOf(status));
  }

  return app;
}

/** Reads and parses the body; what it takes of the memory is given back at the end. */
export async function withBody(
  c: ApiContext,
  { limits, budget }: Ingest,
  use: (body: unknown, bytes: Uint8Array) => Promise<Response>,
): Promise<Response> {
  const share = budget.share();
  try {
    const bytes = await readBody(c.req.raw, limits, share);
    return await use(parseBody(bytes, limits), bytes);
  } finally {
    share.release();
  }
}

function keyOf(c: ApiContext, bytes: Uint8Array) {
  const key = c.req.header("idempotency-key");
  if (key === undefined) return null;
  if (key.length < 1 || key.length > 256) {
    throw badRequest({ field: "Idempotency-Key", expected: "must have 1 to 256 characters" });
  }
  return requestKey(key, bytes);
}

function isBatch(body: unknown): boolean {
  return Array.isArray(body) ||
    (typeof body === "object" && body !== null && "events" in body && !("type" in body));
}

function asFeedback(body: unknown): unknown {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return body;
  return { ...body, type: "feedback" };
}

export function refused(c: ApiContext, { status, error }: ItemResult): Response {
  if (isTransient(status)) c.header("Retry-After", "1");
  return c.json(error ? errorBody(c, error) : {}, statusOf(status));
}

/** The one shape of errors. */
function errorBody(c: ApiContext, error: NonNullable<ItemResult["error"]>) {
  const { code, message, fields } = error;
  return {
    error: {
      code,
      message: fields ? `The request is not valid. ${message}.` : message,
      request_id: c.var.requestId,
      ...(fields && { details: { fields } }),
    },
  };
}

function isTransient(status: number): boolean {
  return status === 429 || status === 503;
}

/** Results have statuses of the error table, which may all have a body. */
function statusOf(status: number): ContentfulStatusCode {
  return status as ContentfulStatusCode;
}
