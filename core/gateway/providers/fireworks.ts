/** @module */
import { openaiCompatible } from "./provider.ts";

export const fireworks = openaiCompatible({
  name: "fireworks",
  title: "Fireworks AI",
  origin: "https://api.fireworks.ai",
  base: "/inference/v1",
});
