/**
 * One call on its way through the gateway. Stages fill it in one after the other; the event that
 * ends the call is written from it.
 *
 * @module
 */
import type { ProjectKey } from "../identity/contract.ts";
import type { Capture } from "./capture.ts";
import type { Coding } from "./decompress.ts";
import type { ReadHeaders } from "./headers.ts";
import type { AuthHeader, Provider } from "./providers/provider.ts";
import type { Route } from "./route.ts";

export interface Call {
  /** The event's id, and the request id that the client is told. */
  readonly id: string;
  /** Arrival, in milliseconds since 1970. */
  readonly at: number;
  /** Arrival on the monotonic clock, in milliseconds. */
  readonly started: number;
  readonly request: Request;
  readonly method: string;
  readonly route: Route;
  readonly headers: ReadHeaders;

  // Set by `identify`.
  project: ProjectKey | null;
  /** The header that carried the project key: the provider's key may go the same way. */
  clientAuth: AuthHeader | null;
  /** Whether the request brings the provider's own credentials. */
  ownCredentials: boolean;
  /** The query as it goes on, with its question mark; without keys. */
  query: string;

  // Set by `readBody`.
  /** The body as the client sent it. */
  body: Uint8Array;
  /** Milliseconds spent waiting for the client's body. */
  bodyWait: number;

  // Set by `choose`.
  provider: Provider | null;
  /** The model that was asked for, without the provider's prefix. */
  model: string;
  stream: boolean;
  /** The end user that the body names. */
  bodyUser: string | null;
  target: Target | null;

  // Set by `forward`.
  /** When the request was sent upstream, on the monotonic clock. */
  sentAt: number | null;
  answer: Answer | null;
  /** Whether the call's terminal event was handed to the log. */
  recorded: boolean;
}

/** What goes upstream. */
export interface Target {
  readonly base: Base;
  /** Path and query. */
  readonly path: string;
  /** Names and values in turn. */
  readonly headers: string[];
  readonly body: Uint8Array | null;
  /** Whether usage was asked for on the client's behalf and must be taken out of the stream. */
  readonly stripUsage: boolean;
}

/** A provider's address. */
export interface Base {
  readonly secure: boolean;
  readonly hostname: string;
  readonly port: number;
  /** The `host` header. */
  readonly host: string;
  /** Path that stands before the provider's own; empty for none. */
  readonly prefix: string;
}

/** The provider's answer as far as it came. */
export interface Answer {
  readonly status: number;
  readonly contentType: string | null;
  readonly coding: Coding | null;
  readonly capture: Capture;
  /** When the body's first byte came, on the monotonic clock. */
  firstByteAt: number | null;
  /** Bytes handed to the client. */
  sentBytes: number;
}

/**
 * One step of a call: answers, which ends the call, or passes it on with null. A step that cannot do
 * its work throws an `AppError`.
 */
export type Stage = (call: Call) => Response | null | Promise<Response | null>;
