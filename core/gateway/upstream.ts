/**
 * HTTP to providers: `node:http` with kept connections, because reading a `fetch` body from
 * JavaScript costs a multiple of the rest of the call. Everything of `node:http` stays in this file.
 *
 * @module
 */
import { Agent as HttpAgent, type ClientRequest, type IncomingMessage, request } from "node:http";
import { Agent as HttpsAgent, request as requestTls } from "node:https";
import type { LookupFunction } from "node:net";
import type { Head } from "./plan.ts";
import { type AddressRules, guardedLookup } from "./providers/address_rules.ts";
import type { Target } from "./target.ts";

const connections = {
  keepAlive: true,
  noDelay: true,
  maxFreeSockets: 512,
  scheduling: "lifo",
} as const;

/** What comes of a request: a head, chunks and an end, or an error at any time instead. */
export interface Sending {
  onHead(head: Head): void;
  onChunk(chunk: Uint8Array): void;
  onEnd(): void;
  /**
   * Nothing follows.
   *
   * @param stale the provider closed a kept connection at the moment it was used: nothing was processed
   */
  onError(error: Error, stale: boolean): void;
}

/** A request on its way. */
export interface Sent {
  pause(): void;
  resume(): void;
  /** Closes the connection. Handlers may still be told of its consequences. */
  destroy(): void;
}

export class Upstream {
  readonly #open: Agents;
  /** For addresses that projects name: apart, so that no connection to the inside is taken over. */
  readonly #guarded: Agents;

  constructor(rules: AddressRules = { allowPrivate: false }) {
    this.#open = agents({});
    this.#guarded = agents({ lookup: guardedLookup(rules) });
  }

  /**
   * Sends a request whole.
   *
   * @throws when its path or a header cannot be written on the wire
   */
  send(method: string, target: Target, sending: Sending): Sent {
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
    const { plain, tls } = base.guarded ? this.#guarded : this.#open;
    const sent = base.secure
      ? requestTls({ ...options, agent: tls, servername: servername(base.hostname) })
      : request({ ...options, agent: plain });
    let answer: IncomingMessage | null = null;
    sent.on("response", (incoming: IncomingMessage) => {
      answer = incoming;
      receive(incoming, sending);
    });
    sent.on("error", (error: Error) => sending.onError(error, isStaleConnection(sent, error)));
    if (body === null || body.length === 0) sent.end();
    else sent.end(body);
    return {
      pause: () => void answer?.pause(),
      resume: () => void answer?.resume(),
      destroy: () => {
        answer?.destroy();
        sent.destroy();
      },
    };
  }

  close(): void {
    for (const { plain, tls } of [this.#open, this.#guarded]) {
      plain.destroy();
      tls.destroy();
    }
  }
}

interface Agents {
  readonly plain: HttpAgent;
  readonly tls: HttpsAgent;
}

function agents(options: { readonly lookup?: LookupFunction }): Agents {
  return {
    plain: new HttpAgent({ ...connections, ...options }),
    tls: new HttpsAgent({ ...connections, ...options }),
  };
}

function receive(incoming: IncomingMessage, sending: Sending): void {
  const { headers } = incoming;
  const length = Number(headers["content-length"]);
  sending.onHead({
    status: incoming.statusCode ?? 0,
    raw: incoming.rawHeaders,
    contentType: headers["content-type"] ?? null,
    contentEncoding: headers["content-encoding"] ?? null,
    contentLength: Number.isNaN(length) ? null : length,
  });
  let ended = false;
  incoming.on("data", (chunk: Uint8Array) => sending.onChunk(chunk));
  incoming.on("end", () => {
    ended = true;
    sending.onEnd();
  });
  incoming.on("error", (error: Error) => sending.onError(error, false));
  // Closed without an end: the provider's connection broke.
  incoming.on("close", () => {
    if (!ended) sending.onError(new Error("Connection closed"), false);
  });
}

/** An address is no server name for TLS. */
function servername(hostname: string): string {
  return /^[\d.]+$|:/.test(hostname) ? "" : hostname;
}

type CodedError = Error & { readonly code?: string };

function isStaleConnection(sent: ClientRequest, error: CodedError): boolean {
  if (!sent.reusedSocket) return false;
  return error.code === "ECONNRESET" || error.code === "EPIPE" ||
    error.message === "socket hang up";
}

/** A short reason that names no address and holds nothing of the request. */
export function reasonOf(error: CodedError): string {
  return error.code ?? error.message.split("\n")[0]?.slice(0, 100) ?? "unknown";
}
