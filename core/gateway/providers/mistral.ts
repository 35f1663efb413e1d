/** @module */
import { openaiCompatible } from "./provider.ts";

export const mistral = openaiCompatible({
  name: "mistral",
  title: "Mistral",
  origin: "https://api.mistral.ai",
  // Reports usage in every stream, and refuses fields it does not know.
  usageOnRequest: false,
});
