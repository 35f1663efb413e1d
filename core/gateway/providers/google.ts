/** @module */
import type { Provider } from "./provider.ts";

/** The Gemini API. */
export const google: Provider = {
  name: "google",
  title: "Google Gemini",
  origin: () => "https://generativelanguage.googleapis.com",
  openaiBase: "/v1beta/openai",
  geminiBase: "/v1beta",
  // An API key is no bearer token on the native routes, and nothing else on the OpenAI ones.
  auth: (path) => path.includes("/openai/") ? "authorization" : "x-goog-api-key",
  keyNames: ["google", "gemini"],
  check: { method: "GET", path: "/v1beta/models?pageSize=1" },
  usageOnRequest: true,
};
