/**
 * What further parts of the SDK may use of a client that its users may not. They are parts of their own
 * so that who does not import them does not carry them.
 *
 * @module
 */
import type { WatchLLM } from "./client.ts";
import type { Json } from "./events.ts";
import type { LiveSpan } from "./span.ts";

export interface Internals {
  readonly version: string;
  readonly current: () => LiveSpan | undefined;
  readonly enter: <R>(span: LiveSpan, work: () => R) => R;
  readonly sampled: (traceId: string) => boolean;
  /** A queue of its own to another route. */
  readonly senderTo: (
    path: string,
    body: (items: readonly string[]) => string,
  ) => (item: Json) => void;
}

export const internals: WeakMap<WatchLLM, Internals> = new WeakMap();
