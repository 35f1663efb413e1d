/**
 * How fast each model is, for history and simulator alike.
 *
 * @module
 */
import type { Latency } from "../simulator/contract.ts";
import { Random } from "../simulator/random.ts";

interface Speed {
  /** Milliseconds to the first byte, median, for a short prompt. */
  readonly ttft: number;
  readonly msPerToken: number;
}

const usual: Speed = { ttft: 480, msPerToken: 14 };

const speeds: readonly (readonly [RegExp, Speed])[] = [
  [/embed/, { ttft: 90, msPerToken: 0 }],
  [/^llama/, { ttft: 160, msPerToken: 2.4 }],
  [/nano|flash|haiku|small|mini/, { ttft: 330, msPerToken: 6.5 }],
  [/opus|gemini.*pro|gpt-6-sol|gpt-6\.1/, { ttft: 900, msPerToken: 19 }],
  [/reasoner|^o\d/, { ttft: 700, msPerToken: 22 }],
];

export function speedOf(model: string): Speed {
  return speeds.find(([pattern]) => pattern.test(model))?.[1] ?? usual;
}

/** Latency for live calls: spread like the history's. */
export function demoLatency(seed: number): Latency {
  const random = new Random(`latency/${seed}`);
  return {
    ttftMs: (model, inputTokens) =>
      random.logNormal(speedOf(model).ttft, 0.35) + inputTokens * 0.02,
    msPerToken: (model) => speedOf(model).msPerToken,
  };
}
