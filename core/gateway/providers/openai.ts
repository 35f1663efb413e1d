/** @module */
import { openaiCompatible } from "./provider.ts";

export const openai = openaiCompatible({
  name: "openai",
  title: "OpenAI",
  origin: "https://api.openai.com",
});
