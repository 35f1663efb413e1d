/**
 * Between the wire files and the connection: a reply is a list of frames, each with the output tokens
 * that have been spent once it is sent, so that a cut answer has an honest bill.
 *
 * @module
 */
import type { Endpoint } from "@/core/event/call.ts";
import { emptyBuckets, type UsageBuckets } from "@/core/event/usage.ts";
import type { Controls } from "./contract.ts";
import type { ModelTraits } from "./models.ts";
import type { PromptCache } from "./prompt_cache.ts";
import type { Random } from "./random.ts";

/** A piece of the answer that is sent at once. */
export interface Frame {
  readonly text: string;
  /** Visible output tokens in it. */
  readonly output?: number;
  /** Reasoning tokens that were spent before it. */
  readonly reasoning?: number;
}

export interface Reply {
  readonly endpoint: Endpoint;
  /** Empty for answers without an id. */
  readonly id: string;
  readonly model: string;
  readonly stream: boolean;
  readonly contentType: string;
  readonly frames: readonly Frame[];
  /** The input part of the bill; the frames add the output. */
  readonly input: UsageBuckets;
  /** What is sent in place of the next frame when the answer fails on its way. */
  readonly failure: string;
}

/** A request as a wire file gets it. */
export interface WireCall {
  readonly provider: string;
  /** The model without controls. */
  readonly model: string;
  readonly traits: ModelTraits;
  readonly body: unknown;
  readonly url: URL;
  readonly headers: Headers;
  readonly controls: Controls;
  readonly random: Random;
  readonly cache: PromptCache;
  /** Whose prompt cache is used. */
  readonly cacheScope: string;
  /** Unix seconds. */
  readonly now: number;
}

/** A request that the provider refuses: the family gives it its shape. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: number;
  readonly param: string | null;

  constructor(status: number, message: string, param: string | null = null) {
    super(message);
    this.status = status;
    this.param = param;
  }
}

/** Buckets with only input tokens. */
export function plainInput(tokens: number): UsageBuckets {
  return { ...emptyBuckets(), input: tokens };
}

/** One server-sent event without a name. */
export function sse(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}
