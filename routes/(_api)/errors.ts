/**
 * Turns whatever went wrong into the one shape of errors. What is not in the error table is reported to
 * the operator and told to the client as `internal`, without a word of its cause.
 *
 * @module
 */
import type { Context, ErrorHandler, NotFoundHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { z } from "zod";
import { AppError, errorBody } from "@/core/error.ts";
import { type FieldProblem, fieldProblems } from "@/core/field_problem.ts";
import type { ApiDeps, ApiEnv } from "./context.ts";

/** A request that is refused because of these fields. */
export function badRequest(...fields: readonly FieldProblem[]): AppError {
  return new AppError("bad_request", { fields });
}

/** What a schema said, field by field. */
export function badInput(error: z.core.$ZodError): AppError {
  return badRequest(
    ...fieldProblems(error).map(({ field, expected }) => ({ field: field || "body", expected })),
  );
}

export function onError(report: ApiDeps["report"]): ErrorHandler<ApiEnv> {
  return (error, c) => {
    const known = appErrorOf(error);
    if (!known) report(error, c.var.requestId);
    else if (known.status >= 500) report(known, c.var.requestId);
    return answer(c, known ?? new AppError("internal"));
  };
}

export const notFound: NotFoundHandler<ApiEnv> = (c) => answer(c, new AppError("not_found"));

export function answer(c: Context<ApiEnv>, error: AppError): Response {
  const body = errorBody(error, c.var.requestId);
  const sentence = sentenceOf(error);
  if (sentence) body.error.message = sentence;
  if (error.status === 401) c.header("WWW-Authenticate", 'Bearer realm="WatchLLM"');
  if (error.status === 429 || error.status === 503) c.header("Retry-After", "1");
  // The table holds statuses that may have a body; Hono's type lists them one by one.
  return c.json(body, error.status as ContentfulStatusCode);
}

/** Names the fields in the sentence itself: many clients show nothing else. */
function sentenceOf(error: AppError): string | null {
  const fields = z.array(z.object({ field: z.string(), expected: z.string() }))
    .safeParse(error.details?.fields);
  if (error.code !== "bad_request" || !fields.success) return null;
  const named = fields.data.map(({ field, expected }) => `${field}: ${expected}`).join("; ");
  return `The request is not valid. ${named.replace(/\.$/, "")}.`;
}

function appErrorOf(error: Error): AppError | null {
  if (error instanceof AppError) return error;
  if (error instanceof z.core.$ZodError) return badInput(error);
  if (!(error instanceof HTTPException)) return null;
  if (error.status === 415) return new AppError("unsupported_media_type");
  return error.status === 400 ? new AppError("invalid_json") : null;
}
