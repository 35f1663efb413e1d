/** @module */
import { openaiCompatible } from "./provider.ts";

export const cohere = openaiCompatible({
  name: "cohere",
  title: "Cohere",
  origin: "https://api.cohere.com",
  base: "/compatibility/v1",
  keyNames: ["cohere", "co"],
  check: { method: "GET", path: "/v1/models" },
});
