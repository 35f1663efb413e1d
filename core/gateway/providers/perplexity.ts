/** @module */
import { openaiCompatible } from "./provider.ts";

export const perplexity = openaiCompatible({
  name: "perplexity",
  title: "Perplexity",
  origin: "https://api.perplexity.ai",
  base: "",
  // Reports usage in every stream.
  usageOnRequest: false,
  check: { method: "POST", path: "/chat/completions", body: "{}" },
});
