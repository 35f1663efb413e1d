/**
 * An error in the dialect that the client's SDK parses, so that it raises its own error class with
 * our message. All of them carry our stable code and the request id.
 *
 * @module
 */
import { type AppError, errorBody } from "../error.ts";
import { objects } from "../json.ts";
import { sendableValue } from "./header_value.ts";

/** `openai` also serves the providers that speak its dialect. */
export type Dialect = "openai" | "anthropic" | "gemini" | "own";

/** Anthropic's error types by status. */
const anthropicTypes: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  408: "timeout_error",
  413: "request_too_large",
  429: "rate_limit_error",
  503: "overloaded_error",
  504: "timeout_error",
};

/** OpenAI's error types by status. */
const openaiTypes: Readonly<Record<number, string>> = {
  401: "authentication_error",
  403: "permission_error",
  429: "rate_limit_error",
};

/** Google's canonical status names by HTTP status. */
const googleStatuses: Readonly<Record<number, string>> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  405: "UNIMPLEMENTED",
  408: "DEADLINE_EXCEEDED",
  413: "INVALID_ARGUMENT",
  429: "RESOURCE_EXHAUSTED",
  500: "INTERNAL",
  501: "UNIMPLEMENTED",
  502: "UNAVAILABLE",
  503: "UNAVAILABLE",
  504: "DEADLINE_EXCEEDED",
};

/**
 * The body of an error answer.
 *
 * @example
 * ```ts
 * import { AppError } from "@/core/error.ts";
 * import { errorShape } from "@/core/gateway/error_shape.ts";
 * import { expect } from "expect";
 *
 * expect(errorShape("gemini", new AppError("key_unknown"), "01J")).toMatchObject({
 *   error: { code: 401, status: "UNAUTHENTICATED" },
 * });
 * ```
 */
export function errorShape(dialect: Dialect, error: AppError, requestId: string): unknown {
  const { status, code, details } = error;
  const message = sentence(error);
  switch (dialect) {
    case "openai":
      return {
        error: {
          message,
          type: openaiTypes[status] ?? (status < 500 ? "invalid_request_error" : "api_error"),
          param: null,
          code,
          request_id: requestId,
          ...(details && { details }),
        },
      };
    case "anthropic":
      return {
        type: "error",
        error: {
          type: anthropicTypes[status] ?? "api_error",
          message,
          code,
          ...(details && { details }),
        },
        request_id: requestId,
      };
    case "gemini":
      return {
        error: {
          code: status,
          message,
          status: googleStatuses[status] ?? "UNKNOWN",
          details: [{
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            reason: code,
            domain: "watchllm",
            metadata: { request_id: requestId, ...stringValues(details) },
          }],
        },
      };
    case "own":
      return errorBody(error, requestId);
  }
}

/** SDKs show the message alone, so the details stand in it as well. */
function sentence({ message, details }: AppError): string {
  if (!details) return message;
  const facts = Object.entries(details).map(([name, value]) => `${name}: ${detailText(value)}`);
  return `${message} (${facts.join(", ")})`;
}

function stringValues(details: AppError["details"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(details ?? {}).map(([name, value]) => [name, detailText(value)]),
  );
}

/** Fields that were not valid as "ttl must be …", others as JSON has them. */
function detailText(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  if (!Array.isArray(value)) return JSON.stringify(value);
  const told = objects(value).map(({ field, expected }) => `${field} ${expected}`);
  return told.length === value.length ? told.join("; ") : value.join(", ");
}

/**
 * The error as a response, with the id under every name that an SDK looks for.
 *
 * @param more further headers, names and values in turn
 */
export function errorResponse(
  dialect: Dialect,
  error: AppError,
  requestId: string,
  more: readonly string[] = [],
): Response {
  const headers = new Headers({
    "content-type": "application/json",
    "x-watchllm-event-id": requestId,
    "x-request-id": requestId,
    "request-id": requestId,
    "x-watchllm-error": error.code,
  });
  const retryAfter = error.details?.retry_after_seconds;
  if (typeof retryAfter === "number") headers.set("retry-after", String(retryAfter));
  for (let i = 0; i + 1 < more.length; i += 2) {
    headers.set(more[i] ?? "", sendableValue(more[i + 1] ?? ""));
  }
  return new Response(JSON.stringify(errorShape(dialect, error, requestId)), {
    status: error.status,
    headers,
  });
}
