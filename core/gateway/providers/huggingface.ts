/** @module */
import { openaiCompatible } from "./provider.ts";

export const huggingface = openaiCompatible({
  name: "huggingface",
  title: "Hugging Face",
  origin: "https://router.huggingface.co",
  keyNames: ["huggingface", "hf"],
  // The list of models is open to everybody.
  check: { method: "POST", path: "/v1/chat/completions", body: "{}" },
});
