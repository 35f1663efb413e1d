/**
 * The gateway's HTTP routes. The gateway decides by path itself; Hono only says which paths are its.
 *
 * @module
 */
import { Hono } from "hono";
import type { Gateway } from "@/core/gateway/gateway.ts";
import { providers } from "@/core/gateway/providers/table.ts";

/** The app to mount at the root, before anything else that owns `/v1/*`. */
export function gatewayApp(gateway: Gateway): Hono {
  const app = new Hono();
  const list = {
    providers: [...providers.values()].map(({ name, title, openaiBase, credentials }) => ({
      name,
      title,
      path: `/proxy/${name}/`,
      openai_compatible: openaiBase !== null,
      credentials: credentials ?? ["api_key"],
    })),
  };
  app.get("/v1/providers", (c) => c.json(list));
  app.use("*", function passToGateway(c, next) {
    return gateway.handles(c.req.url) ? gateway.handle(c.req.raw) : next();
  });
  return app;
}
