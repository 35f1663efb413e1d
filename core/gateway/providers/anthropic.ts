/** @module */
import type { Provider } from "./provider.ts";

export const anthropic: Provider = {
  name: "anthropic",
  title: "Anthropic",
  origin: () => "https://api.anthropic.com",
  openaiBase: "/v1",
  anthropicBase: "/v1",
  // Old and new SDKs differ in the header; both are accepted, so the client's choice is kept.
  auth: (path, client) =>
    client === "authorization" || path.endsWith("/chat/completions")
      ? "authorization"
      : "x-api-key",
  keyNames: ["anthropic"],
  check: {
    method: "GET",
    path: "/v1/models?limit=1",
    headers: ["anthropic-version", "2023-06-01"],
  },
  // Only its OpenAI-compatible route looks at stream_options.
  usageOnRequest: true,
};
