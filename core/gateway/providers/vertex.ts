/** @module */
import type { Provider } from "./provider.ts";

/** Vertex AI. Its regional hosts follow from the location in the path. */
export const vertex: Provider = {
  name: "vertex",
  title: "Google Vertex AI",
  origin(path) {
    const location = /\/locations\/([a-z0-9-]+)\//.exec(path)?.[1];
    if (!location || location === "global") return "https://aiplatform.googleapis.com";
    return `https://${location}-aiplatform.googleapis.com`;
  },
  openaiBase: null,
  geminiBase: "/v1/publishers/google",
  auth: (_path, client) => client === "x-goog-api-key" ? "x-goog-api-key" : "authorization",
  keyNames: ["vertex"],
  credentials: ["api_key", "service_account"],
  check: {
    method: "POST",
    path: "/v1/publishers/google/models/gemini-2.5-flash:countTokens",
    body: "{}",
  },
  usageOnRequest: true,
};
