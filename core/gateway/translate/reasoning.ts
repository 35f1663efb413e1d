/**
 * How much a model is to think, in each provider's measure. The figures are Google's own for the same
 * question (its OpenAI-compatible API), extended to the efforts that it does not know.
 *
 * @module
 */
import type { Effort, Reasoning } from "./request.ts";

type Thinking = Exclude<Effort, "none">;

const budgets: readonly (readonly [Thinking, number])[] = [
  ["minimal", 1_024],
  ["low", 2_048],
  ["medium", 8_192],
  ["high", 16_384],
  ["xhigh", 24_576],
  ["max", 32_000],
];

/** Tokens that may be thought. */
export function budgetOf(effort: Thinking): number {
  return budgets.find(([name]) => name === effort)?.[1] ?? 8_192;
}

/** The least effort whose budget is not below. */
export function effortOf(budget: number): Thinking {
  return budgets.find(([, tokens]) => budget <= tokens)?.[0] ?? "max";
}

/** The effort that is meant; null for the model's default. */
export function meantEffort({ effort, budget }: Reasoning): Effort | null {
  return effort ?? (budget === null ? null : effortOf(budget));
}

/** Whether a Claude model decides itself how much it thinks, and refuses a budget. */
export function thinksAdaptively(model: string): boolean {
  const version = claudeVersion(model);
  return version !== null && version >= 4.6;
}

/** The most tokens that a Claude model writes; Anthropic wants the figure in every request. */
export function mostClaudeTokens(model: string): number {
  const version = claudeVersion(model);
  if (version === null) return 8_192;
  if (version < 3.5) return 4_096;
  if (version < 3.7) return 8_192;
  if (/opus/.test(model) && version < 4.5) return 32_000;
  return 64_000;
}

/** `claude-sonnet-4-5-20250929` and `claude-3-7-sonnet-latest` alike; null when it names none. */
function claudeVersion(model: string): number | null {
  const found = /claude-(\d)(?:[-.](\d))?-(?:opus|sonnet|haiku)/.exec(model) ??
    /(?:opus|sonnet|haiku|fable)-(\d)(?:[-.](\d{1,2})(?!\d))?/.exec(model);
  if (!found) return null;
  return Number(`${found[1]}.${found[2] ?? 0}`);
}

/** Whether a Gemini model takes a level in place of a budget. */
export function takesLevels(model: string): boolean {
  return !/gemini-(?:1|2)[.-]/.test(model);
}
