/**
 * What service tiers cost, which the catalogue does not know of any model: each a part of the list price.
 * Every figure names the page it was read from; `overlayVersion` goes up with each.
 *
 * @module
 */

/** A tier's price as a part of the list price: `[2, 1]` is twice, `[1, 2]` half of it. */
export interface OverlayTier {
  /** The catalogue's id of the provider. */
  readonly provider: string;
  /** As answers name it. `us-inference` is Anthropic's `inference_geo: "us"`. */
  readonly tiers: readonly string[];
  /** The catalogue's ids of the models, or ours; `*` stands for any text. */
  readonly models: readonly string[];
  readonly factor: readonly [bigint, bigint];
  /** The page states no price for inputs beyond the model's long-context threshold. */
  readonly shortContextOnly?: true;
  /** The first day (UTC) that it holds for. */
  readonly from?: string;
  readonly source: string;
}

const openai = "https://developers.openai.com/api/docs/models/";
const openaiFast = "https://openai.com/api-fast-mode/";
const claudePricing = "https://platform.claude.com/docs/en/about-claude/pricing";
const claudeFast = "https://platform.claude.com/docs/en/build-with-claude/fast-mode";
const gemini = "https://ai.google.dev/gemini-api/docs/optimization";

/** OpenAI renamed the priority tier on 2026-07-30; answers say either. */
const fast = ["priority", "fast"];

/** The last entry that fits holds. Tool requests and fees have no tier. */
export const overlayTiers: readonly OverlayTier[] = [
  {
    provider: "openai",
    tiers: ["batch", "flex"],
    models: ["*"],
    factor: [1n, 2n],
    source: "https://developers.openai.com/api/docs/pricing",
  },
  {
    provider: "openai",
    tiers: fast,
    models: ["gpt-5", "gpt-5.1", "gpt-5.2", "gpt-4.1-nano"],
    factor: [2n, 1n],
    source: openaiFast,
  },
  {
    provider: "openai",
    tiers: fast,
    models: ["gpt-5.4", "gpt-5.4-mini"],
    factor: [2n, 1n],
    shortContextOnly: true,
    source: openaiFast,
  },
  {
    // 12.50 to 5, 1.25 to 0.50, 75 to 30.
    provider: "openai",
    tiers: fast,
    models: ["gpt-5.5"],
    factor: [5n, 2n],
    shortContextOnly: true,
    source: openaiFast,
  },
  {
    provider: "openai",
    tiers: fast,
    models: ["gpt-5.6-sol", "gpt-5.6-terra", "gpt-5.6-luna"],
    factor: [2n, 1n],
    source: openaiFast,
  },
  {
    provider: "openai",
    tiers: fast,
    models: ["gpt-6.1-sol"],
    factor: [2n, 1n],
    source: `${openai}gpt-6.1-sol`,
  },
  {
    provider: "openai",
    tiers: fast,
    models: ["gpt-6.2-sol"],
    factor: [2n, 1n],
    source: `${openai}gpt-6.2-sol`,
  },
  {
    provider: "openai",
    tiers: ["ultrafast"],
    models: ["gpt-6.2-sol"],
    factor: [3n, 1n],
    source: `${openai}gpt-6.2-sol`,
  },
  {
    provider: "openai",
    tiers: ["ultrafast"],
    models: ["gpt-6.2-sol"],
    factor: [6n, 1n],
    from: "2027-03-01",
    source: `${openai}gpt-6.2-sol`,
  },
  {
    // 0.45 to 0.25, 0.045 to 0.025, 3.60 to 2.
    provider: "openai",
    tiers: fast,
    models: ["gpt-5-mini"],
    factor: [9n, 5n],
    source: openaiFast,
  },
  {
    // 3.50 to 2, 0.875 to 0.50, 14 to 8, and alike.
    provider: "openai",
    tiers: fast,
    models: ["gpt-4.1", "gpt-4.1-mini", "gpt-4o-2024-05-13", "o3"],
    factor: [7n, 4n],
    source: openaiFast,
  },
  {
    // 4.25 to 2.50, 2.125 to 1.25, 17 to 10.
    provider: "openai",
    tiers: fast,
    models: ["gpt-4o"],
    factor: [17n, 10n],
    source: openaiFast,
  },
  {
    // 0.25 to 0.15, 0.125 to 0.075, 1 to 0.60.
    provider: "openai",
    tiers: fast,
    models: ["gpt-4o-mini"],
    factor: [5n, 3n],
    source: openaiFast,
  },
  {
    // 2 to 1.10, 0.50 to 0.275, 8 to 4.40.
    provider: "openai",
    tiers: fast,
    models: ["o4-mini"],
    factor: [20n, 11n],
    source: openaiFast,
  },
  {
    provider: "anthropic",
    tiers: ["batch"],
    models: ["*"],
    factor: [1n, 2n],
    source: claudePricing,
  },
  {
    provider: "anthropic",
    tiers: ["fast"],
    models: ["claude-opus-4-6", "claude-opus-4-7"],
    factor: [6n, 1n],
    source: claudeFast,
  },
  {
    provider: "anthropic",
    tiers: ["fast"],
    models: ["claude-opus-4-8", "claude-opus-5", "claude-opus-5-5", "claude-fable-5-2"],
    factor: [2n, 1n],
    source: claudeFast,
  },
  {
    // Models before Claude 4.6 have no such premium, wherever they run.
    provider: "anthropic",
    tiers: ["us-inference"],
    models: ["*"],
    factor: [11n, 10n],
    source: claudePricing,
  },
  {
    provider: "anthropic",
    tiers: ["us-inference"],
    models: [
      "claude-2*",
      "claude-3*",
      "claude-opus-4-0",
      "claude-opus-4-1",
      "claude-opus-4-5",
      "claude-sonnet-4-0",
      "claude-sonnet-4-5",
      "claude-haiku-4-5",
    ],
    factor: [1n, 1n],
    source: claudePricing,
  },
  {
    provider: "google",
    tiers: ["batch", "flex"],
    models: ["gemini*"],
    factor: [1n, 2n],
    source: gemini,
  },
  {
    // Flex is a matter of rate limits there, not of price.
    provider: "groq",
    tiers: ["flex"],
    models: ["*"],
    factor: [1n, 1n],
    source: "https://console.groq.com/docs/flex-processing",
  },
];
