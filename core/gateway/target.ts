/**
 * Where a request goes and what is sent there.
 *
 * @module
 */

import type { UsableKey } from "../vault/types.ts";
import type { Translation } from "./translate/translation.ts";

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
  /** The vault's key that opens it; absent: the request's own, the environment's, or none. */
  readonly key?: UsableKey;
  /**
   * Makes the headers that take time, or that hold for a time: a signature, an access token. Asked
   * before each sending.
   */
  readonly sign?: () => Promise<readonly string[]>;
  /** What the route set in the body, beside the model; absent: nothing. */
  readonly params?: Readonly<Record<string, unknown>>;
  /** The request was translated, and its answers will be; absent: both go as they are. */
  readonly translation?: Translation;
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
  /** A project named it: its name must not lead inside. */
  readonly guarded?: true;
}
