/**
 * The client's options, and what they are when nothing is said.
 *
 * @module
 */
import type { Loss } from "./delivery.ts";
import type { WatchEvent } from "./events.ts";
import { environment } from "./runtime.ts";
import { defined } from "./span.ts";

/** How a `WatchLLM` is made. Everything has a default. */
export interface WatchLLMOptions {
  /** The project key. @default {the environment's WATCHLLM_API_KEY} */
  readonly apiKey?: string;
  /** Where WatchLLM is. @default {the environment's WATCHLLM_BASE_URL, else http://127.0.0.1:8787} */
  readonly baseUrl?: string;
  /** False: nothing is recorded; everything else works. @default {true} */
  readonly enabled?: boolean;
  /** Said of every event. */
  readonly environment?: string;
  /** Said of every event: the application's version. */
  readonly release?: string;
  /** The share of traces that is sent, 0 to 1; a trace goes whole or not at all. @default {1} */
  readonly sampleRate?: number;
  /**
   * Changes an event before it is queued, or keeps it back with null. When it throws, the event is not
   * sent and counted as lost.
   */
  readonly redact?: (event: WatchEvent) => WatchEvent | null;
  /** Told of events that will not arrive. Must not throw; it is ignored when it does. */
  readonly onLoss?: (loss: Loss) => void;
  /** Events in one request. @default {100} */
  readonly batchSize?: number;
  /** Bytes in one request. @default {1 MiB} */
  readonly batchBytes?: number;
  /** The longest that an event waits for others, in milliseconds. @default {1_000} */
  readonly flushIntervalMs?: number;
  /** Events that may wait; what comes beyond is lost and reported. @default {10_000} */
  readonly maxQueueSize?: number;
  /** Bytes that may wait. @default {32 MiB} */
  readonly maxQueueBytes?: number;
  /** How long a request may take, in milliseconds. @default {15_000} */
  readonly timeoutMs?: number;
  /** The first and the longest pause between attempts, in milliseconds. @default {[200, 30_000]} */
  readonly retryMs?: readonly [number, number];
  /** How long the host's own end waits for what is queued, in milliseconds. @default {5_000} */
  readonly exitTimeoutMs?: number;
  /** Whether larger requests are compressed. @default {true} */
  readonly compress?: boolean;
  /** What requests are made with. @default {the host's} */
  readonly fetch?: typeof fetch;
}

/** The options with every default filled in. */
export interface Settings extends Required<Omit<WatchLLMOptions, "environment" | "release">> {
  readonly environment: string | undefined;
  readonly release: string | undefined;
}

const defaults = {
  enabled: true,
  environment: undefined,
  release: undefined,
  sampleRate: 1,
  redact: (event: WatchEvent) => event,
  onLoss() {},
  batchSize: 100,
  batchBytes: 1024 * 1024,
  flushIntervalMs: 1_000,
  maxQueueSize: 10_000,
  maxQueueBytes: 32 * 1024 * 1024,
  timeoutMs: 15_000,
  retryMs: [200, 30_000] as const,
  exitTimeoutMs: 5_000,
  compress: true,
  // Called as a method of another object, a browser's `fetch` refuses.
  fetch: ((input, init) => fetch(input, init)) as typeof fetch,
};

export function settingsOf(options: WatchLLMOptions): Settings {
  // What is given as undefined or null is not given.
  const given = { ...defaults, ...defined(options) } as typeof defaults & WatchLLMOptions;
  return {
    ...given,
    apiKey: given.apiKey ?? environment("WATCHLLM_API_KEY") ?? "",
    baseUrl: (given.baseUrl ?? environment("WATCHLLM_BASE_URL") ?? "http://127.0.0.1:8787")
      .replace(/\/+$/, ""),
    batchSize: Math.min(1_000, given.batchSize),
  };
}
