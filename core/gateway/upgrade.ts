/**
 * Stage: a client that would rather speak another protocol. What it then says could not be read, counted or
 * limited here, so it is told at once; forwarded as plain HTTP its request would get a riddle for an answer.
 *
 * @module
 */
import { AppError } from "../error.ts";
import type { Call } from "./call.ts";

/** @throws {AppError} `websocket_unsupported` */
export function refuseWebSocket({ headers }: Call): null {
  if (headers.upgrade?.includes("websocket")) throw new AppError("websocket_unsupported");
  return null;
}
