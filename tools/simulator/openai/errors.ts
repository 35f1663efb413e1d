/**
 * OpenAI's error answers.
 *
 * @module
 */

const kinds: Readonly<Record<number, readonly [string, string | null, string]>> = {
  400: ["invalid_request_error", "invalid_value", "Invalid value for 'messages'."],
  401: [
    "invalid_request_error",
    "invalid_api_key",
    "Incorrect API key provided: sk-****. You can find your API key at https://platform.openai.com/account/api-keys.",
  ],
  403: ["permission_error", null, "You do not have access to this resource."],
  404: [
    "invalid_request_error",
    "model_not_found",
    "The model does not exist or you do not have access to it.",
  ],
  413: ["invalid_request_error", null, "The request body is too large."],
  429: [
    "tokens",
    "rate_limit_exceeded",
    "Rate limit reached on tokens per min (TPM): Limit 30000, Used 29641, Requested 1204. Please try again in 1.69s.",
  ],
  500: [
    "server_error",
    null,
    "The server had an error while processing your request. Sorry about that!",
  ],
  503: [
    "server_error",
    null,
    "The engine is currently overloaded, please try again later",
  ],
};

/** The body for a status. */
export function openaiError(status: number, message?: string, param: string | null = null): string {
  const [type, code, usual] = kinds[status] ?? kinds[status < 500 ? 400 : 500] ??
    ["server_error", null, ""];
  const error = { message: message ?? usual, type, param, code: message ? null : code };
  return JSON.stringify({ error }, null, 2);
}

/** A failure inside a stream of the responses API. */
export function openaiErrorEvent() {
  return {
    type: "error",
    code: "server_error",
    message: "The server had an error while processing your request. Sorry about that!",
    param: null,
  };
}
