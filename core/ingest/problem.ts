/**
 * What is wrong with one event, in words that name the path and what was expected there.
 *
 * @module
 */
import type { z } from "zod";
import { errors } from "../error.ts";
import { expectedBy, type FieldProblem } from "../field_problem.ts";
import type { ItemResult } from "./schema/answer.ts";

type ItemError = NonNullable<ItemResult["error"]>;

/** A refused event. */
export interface Problem {
  readonly status: number;
  readonly error: ItemError;
}

export type ProblemCode =
  | "bad_request"
  | "id_conflict"
  | "project_not_found"
  | "event_too_large"
  | "log_closed"
  | "log_unavailable"
  | "internal";

/** A problem out of the table of errors. */
export function problem(code: ProblemCode): Problem {
  const [status, message] = errors[code];
  return { status, error: { code, message } };
}

/** Nothing of it is stored: to be sent again in a moment. */
export const overloaded: Problem = {
  status: 429,
  error: { code: "log_overloaded", message: errors.log_overloaded[1] },
};

/** An event that is refused because of these fields. */
export function badFields(...fields: readonly FieldProblem[]): Problem {
  const message = fields.map(({ field, expected }) => `${field}: ${expected}`).join("; ");
  return { status: 400, error: { code: "bad_request", message, fields: [...fields] } };
}

/** Most fields that one answer names. */
const mostFields = 20;

/** What a schema said of an event. */
export function badInput(error: z.core.$ZodError): Problem {
  const seen = new Set<string>();
  const fields: FieldProblem[] = [];
  for (const issue of error.issues) {
    const field = pathOf(issue.path) || "event";
    if (seen.has(field) || fields.length >= mostFields) continue;
    seen.add(field);
    fields.push({ field, expected: expectedBy(issue) });
  }
  return badFields(...fields);
}

/** `tool_calls[2].latency_ms`. */
function pathOf(path: readonly PropertyKey[]): string {
  return path.map((part, i) =>
    typeof part === "number" ? `[${part}]` : i === 0 ? String(part) : `.${String(part)}`
  ).join("").slice(0, 300);
}
