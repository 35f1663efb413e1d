/** @module */
import { openaiCompatible } from "./provider.ts";

export const xai = openaiCompatible({
  name: "xai",
  title: "xAI",
  origin: "https://api.x.ai",
});
