/**
 * Every error that a client can be given: its stable code, HTTP status and a sentence that says what
 * is wrong and what to do. Routes shape it for their audience (`core/gateway/error_shape.ts` speaks
 * the providers' dialects); nothing else invents codes.
 *
 * @module
 */

export const errors = {
  bad_request: [400, "The request is not valid: see details for the field and what was expected."],
  invalid_json: [400, "The body is not valid JSON: send a JSON object."],
  provider_address_missing: [
    400,
    "This provider has another address for each customer: set the variable that details names.",
  ],
  provider_dialect: [
    400,
    "This provider does not speak OpenAI's dialect: use its own API below the path in details.",
  ],
  target_unknown: [
    400,
    "This address is neither a known provider's nor one that the project registered: see details for the header, and register it in Settings, Providers.",
  ],
  translation_impossible: [
    400,
    "The request cannot be translated for this provider: details name the field that has no place in its format.",
  ],
  route_unmet: [
    400,
    "No target of the route takes this call: no condition is met and there is no default.",
  ],
  invalid_header: [400, "A header has a value that cannot be read: see details for its name."],
  key_missing: [
    401,
    "No project key: send it as Authorization: Bearer, x-api-key, x-goog-api-key or X-WatchLLM-Key.",
  ],
  json_too_deep: [400, "The JSON is nested too deeply: send it with fewer levels."],
  key_unknown: [401, "The project key is not known or was revoked: check it in Settings, Keys."],
  session_required: [401, "Sign in first: this route needs the dashboard's session."],
  wrong_password: [401, "The password is wrong: check WATCHLLM_ADMIN_PASSWORD and try again."],
  origin_refused: [
    403,
    "The request's origin could not be confirmed: send it from the dashboard's own pages.",
  ],
  provider_key_missing: [
    401,
    "No key for this provider: add one in Settings, Providers, set <PROVIDER>_API_KEY, or send the provider's own key beside X-WatchLLM-Key.",
  ],
  signature_not_forwarded: [
    401,
    "A request that is signed for this host cannot be forwarded: add AWS keys in Settings, Providers, or set AWS_ACCESS_KEY_ID, so that it can be signed anew.",
  ],
  not_found: [404, "Nothing is here: check the path."],
  section_not_found: [404, "The settings have no such section: see details for those there are."],
  event_not_found: [
    404,
    "No event with this id in this project: check event_id. One just recorded appears within 2 seconds.",
  ],
  trace_not_found: [404, "Nothing was recorded of this trace in this project: check trace_id."],
  session_not_found: [404, "Nothing was recorded of this session in this project: check its id."],
  user_not_found: [404, "This user made no call in this project and range: check the id."],
  project_not_found: [404, "No project with this id: check project_id."],
  key_not_found: [404, "No key with this id in this project: check key_id."],
  provider_unknown: [
    404,
    "The provider is not known: use one of the names that GET /v1/providers lists.",
  ],
  view_not_found: [404, "No saved view with this id in this project: it may be removed already."],
  method_not_allowed: [405, "The method is not allowed here: see the Allow header."],
  body_timeout: [408, "The body did not arrive in time: send it again without pauses."],
  provider_key_limit: [
    409,
    "The project has as many provider keys as it may have: delete one that is not used.",
  ],
  conflict: [409, "The object changed meanwhile: read it again and repeat."],
  body_too_large: [413, "The body is larger than the limit: see details for the limit in bytes."],
  unsupported_media_type: [
    415,
    "The body must be JSON: send it as Content-Type: application/json.",
  ],
  unsupported_encoding: [
    415,
    "The Content-Encoding is not known: use gzip, zstd, deflate or none.",
  ],
  idempotency_conflict: [
    409,
    "The Idempotency-Key was used for another body within 24 hours: use a new one.",
  ],
  id_conflict: [
    409,
    "The id was used for other content within 24 hours: use a new one.",
  ],
  too_many_events: [413, "The request has more events than the limit: send it in parts."],
  event_too_large: [
    413,
    "The event is larger than the limit without its texts: see details for the limit in bytes.",
  ],
  compression_ratio: [
    413,
    "The body is compressed more than anything real is: send it with less compression or in parts.",
  ],
  limit_exceeded: [
    429,
    "A limit of this project is used up: wait for the seconds in Retry-After, or raise the limit.",
  ],
  budget_exceeded: [
    429,
    "A budget of this project is used up: wait for the seconds in Retry-After, or raise the budget.",
  ],
  rate_limited: [429, "Too many requests: wait for the seconds in Retry-After."],
  client_closed: [499, "The client closed the connection before the answer ended."],
  internal: [500, "Something failed here: quote request_id when you report it."],
  otlp_signal: [
    501,
    "Of OpenTelemetry only traces are kept: send them to /v1/traces and switch this exporter off, e.g. with OTEL_METRICS_EXPORTER=none and OTEL_LOGS_EXPORTER=none.",
  ],
  websocket_unsupported: [
    501,
    "WebSockets do not pass the gateway: send the request over HTTP, or connect to the provider itself.",
  ],
  upstream_refused: [502, "The provider could not be reached: see details for the reason."],
  provider_sign_in_failed: [
    502,
    "The provider gave no access token: check the service account in Settings, Providers.",
  ],
  upstream_broken: [502, "The provider ended the answer before it was complete."],
  settings_unavailable: [
    503,
    "The project's keys and settings could not be read: send the request again.",
  ],
  limits_unavailable: [
    503,
    "The project's limits could not be checked: wait for the seconds in Retry-After.",
  ],
  log_overloaded: [503, "The event log is at its limit: wait for the seconds in Retry-After."],
  server_stopping: [
    503,
    "The server stopped before the answer ended: send the request again.",
  ],
  log_closed: [503, "The server is stopping: send the request again."],
  log_unavailable: [
    503,
    "The event log could not be written: send the request again with the same event id.",
  ],
  analytics_unavailable: [
    503,
    "Analytics cannot be read right now: events wait in the log and nothing is lost.",
  ],
  not_cached: [
    504,
    "No stored answer to this request: send it without only-if-cached to have the provider asked.",
  ],
  upstream_timeout: [504, "The provider did not answer in time."],
} as const satisfies Record<string, readonly [number, string]>;

export type ErrorCode = keyof typeof errors;

/** Further facts for the client; never a secret, never a payload. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/** An outcome that a client is told of, by its code. */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: ErrorCode;
  readonly status: number;
  readonly details: ErrorDetails | undefined;

  constructor(code: ErrorCode, details?: ErrorDetails, options?: ErrorOptions) {
    super(errors[code][1], options);
    this.code = code;
    this.status = errors[code][0];
    this.details = details;
  }
}

/** Whether something failed because a value is nested deeper than it can be followed. */
export function isTooDeep(error: unknown): boolean {
  return error instanceof RangeError && error.message === "Maximum call stack size exceeded";
}

/**
 * The body that our own API answers an error with.
 *
 * @example
 * ```ts
 * import { AppError, errorBody } from "@/core/error.ts";
 * import { expect } from "expect";
 *
 * const body = errorBody(new AppError("event_not_found"), "req_1");
 * expect(body.error.code).toBe("event_not_found");
 * ```
 */
export function errorBody(error: AppError, requestId: string) {
  return {
    error: {
      code: error.code,
      message: error.message,
      request_id: requestId,
      ...(error.details && { details: error.details }),
    },
  };
}
