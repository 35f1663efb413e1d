/** @module */
import { openaiCompatible } from "./provider.ts";

export const deepseek = openaiCompatible({
  name: "deepseek",
  title: "DeepSeek",
  origin: "https://api.deepseek.com",
  base: "",
});
