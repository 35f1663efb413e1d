/** @module */
import type { Provider } from "./provider.ts";

/** Azure OpenAI: every resource has its own host, set by `WATCHLLM_UPSTREAM_AZURE`. */
export const azure: Provider = {
  name: "azure",
  title: "Azure OpenAI",
  origin: () => null,
  openaiBase: "/openai/v1",
  auth: () => "api-key",
  keyNames: ["azure", "azure_openai"],
  credentials: ["api_key", "azure"],
  check: { method: "GET", path: "/openai/v1/models" },
  // Older api-versions refuse stream_options.
  usageOnRequest: false,
};
