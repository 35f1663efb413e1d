/**
 * Stage: the request's body, whole, up to a limit and a deadline. It is needed before anything is
 * sent, because it names the model.
 *
 * @module
 */
import { AppError } from "../error.ts";
import type { Call, Stage } from "./call.ts";
import type { Deadlines } from "./deadlines.ts";

export interface BodyLimits {
  readonly bytes: number;
  /** How long the client may take to send it, in milliseconds. */
  readonly milliseconds: number;
}

/** Thrown when the client went away while it was still sending. */
export class ClientLeft extends Error {
  override readonly name = "ClientLeft";
}

export function readBody(limits: BodyLimits, deadlines: Deadlines, now: () => number): Stage {
  return async function readCallBody(call) {
    const { request, headers } = call;
    if (call.method === "GET" || call.method === "HEAD") return null;
    const { contentLength } = headers;
    if (contentLength !== null && contentLength > limits.bytes) throw tooLarge(limits);
    // A declared length is enforced by the server: reading it at once is the fast way. Merely to ask
    // for `request.body` makes a stream, which costs as much as the reading.
    const reading = contentLength !== null
      ? request.bytes()
      : request.body && readChunks(request.body, limits);
    if (!reading) return null;
    const from = now();
    call.body = await beforeDeadline(deadlines, limits.milliseconds, reading);
    call.bodyWait = now() - from;
    return null;
  };
}

function beforeDeadline(
  deadlines: Deadlines,
  milliseconds: number,
  reading: Promise<Uint8Array>,
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const deadline = deadlines.start(milliseconds, () => reject(new AppError("body_timeout")));
    reading.then((body) => {
      deadline.cancel();
      resolve(body);
    }, (error) => {
      deadline.cancel();
      const told = error instanceof AppError;
      reject(told ? error : new ClientLeft("The body ended early", { cause: error }));
    });
  });
}

async function readChunks(body: ReadableStream<Uint8Array>, limits: BodyLimits) {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of body) {
    total += chunk.length;
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
  request.body.cancel().catch(() => {});
}
