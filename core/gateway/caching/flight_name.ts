/**
 * Which calls may share one call to the provider: those that would make the same one, and be given the
 * same bytes for it. That is narrower than what one stored answer serves.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { canonicalJson } from "../../cache/canonical_json.ts";
import { echoOf } from "../../cache/exact/render/echo.ts";
import type { Asked } from "./asked.ts";

/** The name of the flight that a call may join, or begin. */
export function flightOf(asked: Asked): string {
  const { key, form, usage } = asked;
  const own = ownWay(asked);
  return `${key.hash}${form}${usage}${own === null ? "" : digest(own)}`;
}

/**
 * What a call brings itself for its way to the provider: credentials, a route with its attempts, models and
 * deadlines. Its failure, or its fallback's answer, is nobody else's. Null for nothing, as is usual.
 */
function ownWay({ call }: Asked): unknown {
  const { headers, ownCredentials } = call;
  const echo = echoOf(call.route.operation.format, call.json);
  const credentials = ownCredentials ? headers.credentials : null;
  if (!headers.routing && !echo && !credentials) return null;
  return [credentials, headers.routing, echo];
}

function digest(value: unknown): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex");
}
