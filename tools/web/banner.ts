/**
 * What is printed when the web process listens: where everything is, and what is shown only once.
 *
 * @module
 */
import { reachable } from "../reachable.ts";

export interface BannerFacts {
  readonly address: Deno.NetAddr;
  /** When `start` began, milliseconds since 1970; NaN when it did not. */
  readonly startedAt: number;
  /** A project key that was made now. */
  readonly madeKey: string | null;
  /** Token of a one-time sign-in link; null when there is a password. */
  readonly link: string | null;
  readonly providers: readonly string[];
}

export function banner(facts: BannerFacts): string[] {
  const { address, startedAt, madeKey, link, providers } = facts;
  const url = `http://${reachable(address.hostname)}:${address.port}`;
  const took = Number.isNaN(startedAt)
    ? ""
    : ` (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`;
  return [
    "",
    `WatchLLM is ready at ${url}${took}`,
    "",
    `  Dashboard     ${link ? `${url}/sign-in?token=${link}  (works once)` : `${url}/dashboard`}`,
    `  OpenAI        ${url}/v1`,
    `  Anthropic     ${url}`,
    `  Gemini        ${url}`,
    ...(madeKey ? [`  Project key   ${madeKey}  (shown this once)`] : []),
    providers.length > 0
      ? `  Provider keys ${providers.join(", ")}`
      : "  Provider keys none: set OPENAI_API_KEY or another <PROVIDER>_API_KEY",
    "",
  ];
}
