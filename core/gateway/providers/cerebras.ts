/** @module */
import { openaiCompatible } from "./provider.ts";

export const cerebras = openaiCompatible({
  name: "cerebras",
  title: "Cerebras",
  origin: "https://api.cerebras.ai",
});
