/**
 * The providers that are known by name, for whoever sets a client up. They are no secret: no key is asked.
 *
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { providers } from "@/core/gateway/providers/table.ts";
import { apiRouter, jsonAnswer } from "./router.ts";

const listSchema = z.object({
  providers: z.array(z.object({
    name: z.string(),
    title: z.string(),
    /** Where its own API is, byte for byte. */
    path: z.string(),
    openai_compatible: z.boolean(),
    /** The kinds of credential that it takes. */
    credentials: z.array(z.string()),
  })),
});

const list = createRoute({
  method: "get",
  path: "/v1/providers",
  tags: ["Operations"],
  summary: "The providers that are known by name",
  responses: { 200: jsonAnswer(listSchema, "All of them.") },
});

const known: z.infer<typeof listSchema> = {
  providers: [...providers.values()].map(({ name, title, openaiBase, credentials }) => ({
    name,
    title,
    path: `/proxy/${name}/`,
    openai_compatible: openaiBase !== null,
    credentials: [...(credentials ?? ["api_key"])],
  })),
};

export function providerRoutes() {
  return apiRouter().openapi(list, (c) => c.json(known, 200));
}
