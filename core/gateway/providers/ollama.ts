/** @module */
import { openaiCompatible } from "./provider.ts";

export const ollama = openaiCompatible({
  name: "ollama",
  title: "Ollama",
  origin: "http://127.0.0.1:11434",
  keyOptional: true,
});
