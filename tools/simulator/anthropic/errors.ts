/**
 * Anthropic's error answers.
 *
 * @module
 */

const kinds: Readonly<Record<number, readonly [string, string]>> = {
  400: ["invalid_request_error", "messages: at least one message is required"],
  401: ["authentication_error", "invalid x-api-key"],
  403: ["permission_error", "Your API key does not have permission to use the specified resource."],
  404: ["not_found_error", "model: not found"],
  413: ["request_too_large", "Request exceeds the maximum size"],
  429: [
    "rate_limit_error",
    "This request would exceed your organization's rate limit of 50 requests per minute.",
  ],
  500: ["api_error", "Internal server error"],
  529: ["overloaded_error", "Overloaded"],
};

/** The body for a status. */
export function anthropicError(status: number, requestId: string, message?: string): string {
  return JSON.stringify({ ...anthropicErrorEvent(status, message), request_id: requestId });
}

/** The same as it stands in a stream. */
export function anthropicErrorEvent(status: number, message?: string) {
  const [type, usual] = kinds[status] ?? kinds[status < 500 ? 400 : 500] ?? ["api_error", ""];
  return { type: "error", error: { type, message: message ?? usual } };
}
