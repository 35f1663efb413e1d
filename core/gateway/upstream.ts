/**
 * HTTP to providers: `node:http` with kept connections, because reading a `fetch` body from
 * JavaScript costs a multiple of the rest of the call.
 *
 * @module
 */
import { Agent as HttpAgent, type ClientRequest, type IncomingMessage, request } from "node:http";
import { Agent as HttpsAgent, request as requestTls } from "node:https";
import type { Target } from "./call.ts";

const connections = {
  keepAlive: true,
  noDelay: true,
  maxFreeSockets: 512,
  scheduling: "lifo",
} as const;

export interface Sending {
  onAnswer(answer: IncomingMessage): void;
  onError(error: Error): void;
}

export class Upstream {
  readonly #plain = new HttpAgent(connections);
  readonly #tls = new HttpsAgent(connections);

  /** Sends a request whole; exactly one of the handlers is told of what comes of it. */
  send(method: string, target: Target, { onAnswer, onError }: Sending): ClientRequest {
    const { base, body } = target;
    const options = {
      host: base.hostname,
      port: base.port,
      path: target.path,
      method,
      // A flat list keeps repeated headers apart and is what goes on the wire.
      headers: body === null
        ? target.headers
        : [...target.headers, "content-length", String(body.length)],
    };
    const sent = base.secure
      ? requestTls({ ...options, agent: this.#tls, servername: servername(base.hostname) })
      : request({ ...options, agent: this.#plain });
    sent.on("response", onAnswer);
    sent.on("error", onError);
    if (body === null || body.length === 0) sent.end();
    else sent.end(body);
    return sent;
  }

  close(): void {
    this.#plain.destroy();
    this.#tls.destroy();
  }
}

/** An address is no server name for TLS. */
function servername(hostname: string): string {
  return /^[\d.]+$|:/.test(hostname) ? "" : hostname;
}

type CodedError = Error & { readonly code?: string };

/** Whether a request failed because its kept connection had been closed by the other side. */
export function isStaleConnection(sent: ClientRequest, error: CodedError): boolean {
  if (!sent.reusedSocket) return false;
  return error.code === "ECONNRESET" || error.code === "EPIPE" ||
    error.message === "socket hang up";
}

/** A short reason that names no address and holds nothing of the request. */
export function reasonOf(error: CodedError): string {
  return error.code ?? error.message.split("\n")[0]?.slice(0, 100) ?? "unknown";
}
