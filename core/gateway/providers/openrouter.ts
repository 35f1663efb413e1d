/** @module */
import { openaiCompatible } from "./provider.ts";

export const openrouter = openaiCompatible({
  name: "openrouter",
  title: "OpenRouter",
  origin: "https://openrouter.ai",
  base: "/api/v1",
  // Reports usage in every stream.
  usageOnRequest: false,
  // The list of models is open to everybody.
  check: { method: "GET", path: "/api/v1/key" },
});
