/**
 * Stage: requests that no provider is to get, though it might answer them.
 *
 * @module
 */
import { AppError } from "../error.ts";
import type { Call } from "./call.ts";

/** The answer to these is the request itself, with the provider's key in it. */
const echoing = /^trac[ek]$/i;

/**
 * A client that would rather speak WebSocket is told at once: what it then says could not be read, counted
 * or limited here, and forwarded as plain HTTP its request would get a riddle for an answer.
 *
 * @throws {AppError}
 */
export function refuseUnforwardable({ headers, method }: Call): null {
  if (headers.upgrade?.includes("websocket")) throw new AppError("websocket_unsupported");
  if (echoing.test(method)) throw new AppError("bad_request", { method: "is not forwarded" });
  return null;
}
