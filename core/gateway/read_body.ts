/**
 * Stage: the request's body, whole, up to a limit, as long as it keeps coming. It is needed before
 * anything is sent, because it names the model.
 *
 * @module
 */
import { AppError } from "../error.ts";
import type { Call, Stage } from "./call.ts";
import type { Deadlines } from "./deadlines.ts";

export interface BodyLimits {
  readonly bytes: number;
  /** How long the client may pause while it sends it, in milliseconds; a small one must come whole. */
  readonly milliseconds: number;
}

/** Thrown when the client went away while it was still sending. */
export class ClientLeft extends Error {
  override readonly name = "ClientLeft";
}

/** A body of a declared length up to this is read at once; a larger one may come slowly. */
const atOnceBytes = 256 * 1024;

export function readBody(limits: BodyLimits, deadlines: Deadlines, now: () => number): Stage {
  return async function readCallBody(call) {
    const { request, headers } = call;
    if (call.method === "GET" || call.method === "HEAD") return null;
    const { contentLength } = headers;
    if (contentLength !== null && contentLength > limits.bytes) throw tooLarge(limits);
    const from = now();
    // A declared length is enforced by the server: reading it at once is the fast way. Merely to ask
    // for `request.body` makes a stream, which costs as much as the reading.
    const body = contentLength !== null && contentLength <= atOnceBytes ? null : request.body;
    if (contentLength === null && !body) return null;
    call.body = await beforeDeadline(
      deadlines,
      limits.milliseconds,
      (onPiece) => body ? readChunks(body, limits, onPiece) : request.bytes(),
    );
    call.bodyWait = now() - from;
    return null;
  };
}

function beforeDeadline(
  deadlines: Deadlines,
  milliseconds: number,
  read: (onPiece: () => void) => Promise<Uint8Array>,
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const deadline = deadlines.start(milliseconds, () => reject(new AppError("body_timeout")));
    read(() => deadline.touch(milliseconds)).then((body) => {
      deadline.cancel();
      resolve(body);
    }, (error) => {
      deadline.cancel();
      const told = error instanceof AppError;
      reject(told ? error : new ClientLeft("The body ended early", { cause: error }));
    });
  });
}

async function readChunks(
  body: ReadableStream<Uint8Array>,
  limits: BodyLimits,
  onPiece: () => void,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of body) {
    total += chunk.length;
    onPiece();
    if (total > limits.bytes) throw tooLarge(limits);
    chunks.push(chunk);
  }
  const joined = new Uint8Array(total);
  let at = 0;
  for (const chunk of chunks) {
    joined.set(chunk, at);
    at += chunk.length;
  }
  return joined;
}

function tooLarge(limits: BodyLimits): AppError {
  return new AppError("body_too_large", { limit_bytes: limits.bytes });
}

/** Reads the call's body without keeping it, so that the connection can be used again. */
export function discardBody({ request }: Call): void {
  if (request.body === null || request.bodyUsed) return;
  // A client that has left has broken it already.
  request.body.cancel().catch(() => {});
}
