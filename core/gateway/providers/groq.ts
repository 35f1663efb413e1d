/** @module */
import { openaiCompatible } from "./provider.ts";

export const groq = openaiCompatible({
  name: "groq",
  title: "Groq",
  origin: "https://api.groq.com",
  base: "/openai/v1",
});
