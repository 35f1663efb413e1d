/**
 * Our own prices, for models that are younger than the catalogue; of service tiers: `overlay_tiers.ts`.
 * Every figure names the page it was read from. What no public page states is not here, and calls that
 * need it stay unpriced.
 *
 * @module
 */
import type { Priced } from "../event/price.ts";

/** Goes up with every change of a figure here or of a tier: the day, and a count when there are several. */
export const overlayVersion = "2026-11-23";

/** US dollars for a million tokens, or a million tool requests. */
export type Usd = { readonly [P in Priced]?: string };

export interface OverlayPrices {
  /** The first day (UTC) that they hold for; without one, since ever. */
  readonly from?: string;
  readonly usd: Usd;
  /** The prices of a whole request whose input is longer than that many tokens. */
  readonly above?: { readonly inputTokens: number; readonly usd: Usd };
  readonly source: string;
}

export interface OverlayModel {
  /** The catalogue's id of the provider. */
  readonly provider: string;
  readonly model: string;
  readonly prices: readonly OverlayPrices[];
}

const openai = "https://developers.openai.com/api/docs/models/";
const claude = "https://platform.claude.com/docs/en/models/";
const claudePricing = "https://platform.claude.com/docs/en/about-claude/pricing";

export const overlayModels: readonly OverlayModel[] = [
  {
    provider: "openai",
    model: "gpt-6.1-sol",
    prices: [{
      usd: { input: "2", cache_read: "0.1", cache_write: "2.5", output: "10" },
      above: {
        inputTokens: 272_000,
        usd: { input: "4", cache_read: "0.2", cache_write: "5", output: "15" },
      },
      source: `${openai}gpt-6.1-sol`,
    }],
  },
  {
    provider: "openai",
    model: "gpt-6.2-sol",
    prices: [{
      usd: {
        input: "2",
        cache_read: "0.1",
        cache_write: "2.5",
        cache_write_12h: "5",
        output: "10",
      },
      above: {
        inputTokens: 272_000,
        usd: {
          input: "4",
          cache_read: "0.2",
          cache_write: "5",
          cache_write_12h: "10",
          output: "15",
        },
      },
      source: `${openai}gpt-6.2-sol`,
    }],
  },
  {
    provider: "anthropic",
    model: "claude-sonnet-5-5",
    prices: [
      {
        usd: {
          input: "2",
          cache_read: "0.2",
          cache_write: "2.5",
          cache_write_1h: "4",
          output: "10",
          tool_requests: "10000",
        },
        source: `${claude}sonnet-5-5/overview`,
      },
      {
        // Cache hits went from 0.1 to 0.05 of the input price that day.
        from: "2026-10-07",
        usd: {
          input: "2",
          cache_read: "0.1",
          cache_write: "2.5",
          cache_write_1h: "4",
          output: "10",
          tool_requests: "10000",
        },
        source: claudePricing,
      },
    ],
  },
  {
    provider: "anthropic",
    model: "claude-haiku-5-5",
    prices: [{
      usd: {
        input: "0.1",
        cache_read: "0.01",
        cache_write: "0.125",
        cache_write_1h: "0.2",
        output: "0.5",
        tool_requests: "10000",
      },
      above: {
        inputTokens: 100_000,
        usd: {
          input: "0.5",
          cache_read: "0.05",
          cache_write: "0.625",
          cache_write_1h: "1",
          output: "2.5",
        },
      },
      source: `${claude}haiku-5-5/overview`,
    }],
  },
  {
    provider: "anthropic",
    model: "claude-fable-5-2",
    prices: [{
      usd: {
        input: "8",
        cache_read: "0.2",
        cache_write: "10",
        cache_write_1h: "16",
        output: "40",
        tool_requests: "10000",
      },
      source: claudePricing,
    }],
  },
];
