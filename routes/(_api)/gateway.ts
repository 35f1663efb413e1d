/**
 * The gateway's HTTP routes. The gateway decides by path itself; Hono only says which paths are its.
 *
 * @module
 */
import { Hono } from "hono";
import type { Gateway } from "@/core/gateway/gateway.ts";
import { providerRoutes } from "./providers.ts";

/** The app to mount at the root, before anything else that owns `/v1/*`. */
export function gatewayApp(gateway: Gateway): Hono {
  const app = new Hono();
  app.route("/", providerRoutes());
  app.use("*", function passToGateway(c, next) {
    return gateway.handles(c.req.url) ? gateway.handle(c.req.raw) : next();
  });
  return app;
}
