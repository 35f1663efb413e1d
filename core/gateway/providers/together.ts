/** @module */
import { openaiCompatible } from "./provider.ts";

export const together = openaiCompatible({
  name: "together",
  title: "Together AI",
  origin: "https://api.together.xyz",
});
