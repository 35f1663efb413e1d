/** @module */
import { openaiCompatible } from "./provider.ts";

export const zai = openaiCompatible({
  name: "zai",
  title: "Z.ai",
  origin: "https://api.z.ai",
  base: "/api/paas/v4",
  // Reports usage in every stream.
  usageOnRequest: false,
  check: { method: "POST", path: "/api/paas/v4/chat/completions", body: "{}" },
});
