/**
 * What a provider simulator is: requests in, answers and bills out. Bills use the product's own
 * disjoint token buckets, so a test compares them with what was recorded without any arithmetic.
 *
 * @module
 */
import type { Endpoint } from "@/core/event/call.ts";
import type { UsageBuckets } from "@/core/event/usage.ts";

/** Time as the simulator sees it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after `ms`, or at once when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** What the provider would put on the invoice for one answer. */
export interface Bill {
  /** The answer's id as its body names it; empty for answers without one. */
  readonly id: string;
  /** The id in the answer's request-id header. */
  readonly requestId: string;
  readonly at: string;
  readonly provider: string;
  readonly endpoint: Endpoint;
  readonly requestedModel: string;
  /** The model as the answer names it. */
  readonly model: string;
  readonly stream: boolean;
  readonly status: number;
  /** False when the connection ended before the answer did. */
  readonly complete: boolean;
  readonly buckets: UsageBuckets;
}

/** What a single request may ask of the simulator beyond an ordinary answer. */
export interface Controls {
  /** Answer with this error status instead. */
  readonly status?: number;
  /** Milliseconds before the answer's head. */
  readonly delay?: number;
  /** Milliseconds between the head and the first chunk. */
  readonly ttft?: number;
  /** Milliseconds between chunks. */
  readonly pace?: number;
  /** Number of chunks that the text is cut into. */
  readonly chunks?: number;
  /** Length of the answer in output tokens. */
  readonly tokens?: number;
  /** Length of the reasoning in tokens. */
  readonly think?: number;
  /** Break the connection after this many chunks. */
  readonly die?: number;
  /** Fall silent after this many chunks, for ever; -1 before the head. */
  readonly hang?: number;
  /** Send an error event after this many chunks and end. */
  readonly fail?: number;
  /** Cut every chunk into pieces of this many bytes. */
  readonly dribble?: number;
  /** Call the tool of this name, or `none`. */
  readonly tool?: string;
  /** End with this reason: `length`, `filter`. */
  readonly finish?: "length" | "filter";
  /** Compress the answer. */
  readonly encoding?: "gzip";
  /** Leave the usage out of the answer. */
  readonly usage?: "none";
  /** Refuse keys that do not have the provider's form. */
  readonly key?: "check";
}

/** How fast answers come. */
export interface Latency {
  /** Milliseconds to the first byte. */
  readonly ttftMs: (model: string, inputTokens: number) => number;
  readonly msPerToken: (model: string) => number;
}

/** What `decide` is told of a request. */
export interface Incoming {
  readonly provider: string;
  readonly endpoint: Endpoint;
  readonly model: string;
  readonly stream: boolean;
  readonly headers: Headers;
}

export interface SimulatorOptions {
  /** The same seed and requests give the same answers. Default 1. */
  readonly seed?: number;
  /** Default: the machine's clock. */
  readonly clock?: Clock;
  /** Default: answers come at once. */
  readonly latency?: Latency;
  /** `check`: refuse keys of a wrong form. Default `any`. */
  readonly keys?: "any" | "check";
  /** Adds controls to a request that brings none for the same thing. */
  readonly decide?: (incoming: Incoming) => Controls;
  /** Bills kept; the oldest go first. Default 100,000. */
  readonly maxBills?: number;
}

export interface Simulator {
  /** Answers one request as the provider would. */
  readonly fetch: (request: Request) => Promise<Response>;
  /** Every answer so far, in the order in which they ended. */
  readonly bills: readonly Bill[];
}
