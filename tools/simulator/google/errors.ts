/**
 * Google's error answers.
 *
 * @module
 */

const kinds: Readonly<Record<number, readonly [string, string]>> = {
  400: ["INVALID_ARGUMENT", "Request contains an invalid argument."],
  401: [
    "UNAUTHENTICATED",
    "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.",
  ],
  403: ["PERMISSION_DENIED", "The caller does not have permission"],
  404: ["NOT_FOUND", "Requested entity was not found."],
  413: ["INVALID_ARGUMENT", "Request payload size exceeds the limit: 20971520 bytes."],
  429: [
    "RESOURCE_EXHAUSTED",
    "You exceeded your current quota, please check your plan and billing details.",
  ],
  500: [
    "INTERNAL",
    "An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting",
  ],
  503: ["UNAVAILABLE", "The model is overloaded. Please try again later."],
};

/** The body for a status. */
export function googleError(status: number, message?: string) {
  const [name, usual] = kinds[status] ?? kinds[status < 500 ? 400 : 500] ?? ["INTERNAL", ""];
  return { error: { code: status, message: message ?? usual, status: name } };
}
