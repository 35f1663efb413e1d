/** @module */
import { openaiCompatible } from "./provider.ts";

export const voyage = openaiCompatible({
  name: "voyage",
  title: "Voyage AI",
  origin: "https://api.voyageai.com",
  check: { method: "POST", path: "/v1/embeddings", body: "{}" },
});
