/**
 * The router that every group of routes is made with: one way to refuse input, one shape of errors.
 *
 * @module
 */
import { OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import type { ApiEnv } from "./context.ts";
import { badInput } from "./errors.ts";

export const errorSchema = z.object({
  error: z.object({
    /** Stable; the list is in docs/api.md. */
    code: z.string(),
    message: z.string(),
    request_id: z.string(),
    details: z.record(z.string(), z.unknown()).optional(),
  }),
}).meta({ id: "Error" });

export function apiRouter(): OpenAPIHono<ApiEnv> {
  return new OpenAPIHono<ApiEnv>({
    defaultHook: (result) => {
      if (!result.success) throw badInput(result.error);
    },
  });
}

export function jsonAnswer<T extends z.ZodType>(schema: T, description: string) {
  return { description, content: { "application/json": { schema } } };
}

/** Described for the document; the error handler answers them, so no handler's type mentions them. */
export const errorAnswers = {
  default: {
    description: "An error, with a stable code and a sentence that says what to do.",
    content: { "application/json": { schema: errorSchema } },
  },
};
