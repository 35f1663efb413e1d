/**
 * The price of one unit of each usage bucket, from a catalogue model at a time and a context size.
 *
 * @module
 */
import type { ModelInfo, ModelPrice, TimeOfDateConstraint } from "@pydantic/genai-prices";
import type { UsageBucket } from "../event/usage.ts";
import { exact } from "./decimal.ts";

/** The catalogue's keys for a bucket. A bucket without a price of its own costs what it is a part of. */
const keys: Readonly<Record<UsageBucket, readonly string[]>> = {
  input: ["input_mtok"],
  cache_read: ["cache_read_mtok", "input_mtok"],
  cache_write: ["cache_write_mtok", "input_mtok"],
  cache_write_5m: ["cache_write_5m_mtok", "cache_write_mtok", "input_mtok"],
  cache_write_1h: ["cache_write_1h_mtok", "cache_write_mtok", "input_mtok"],
  input_audio: ["input_audio_mtok", "input_mtok"],
  input_image: ["input_image_mtok", "input_mtok"],
  output: ["output_mtok"],
  reasoning: ["output_reasoning_mtok", "output_mtok"],
  output_audio: ["output_audio_mtok", "output_mtok"],
  tool_requests: ["web_searches_kcount"],
};

export interface UnitPrice {
  /** Price of `per` units, in 10⁻¹² USD. */
  readonly price: bigint;
  readonly per: bigint;
  /** Whether a tier for long contexts was applied. */
  readonly longContext: boolean;
}

/** The price list that holds at a time: the catalogue keeps former prices and prices by hour. */
export function pricesAt(model: ModelInfo, at: Date): ModelPrice {
  if (!Array.isArray(model.prices)) return model.prices;
  const valid = model.prices.findLast(({ constraint }) => {
    if (!constraint) return true;
    if (constraint.type === "start_date") return at >= new Date(constraint.start_date);
    return isInHours(constraint, at);
  });
  return (valid ?? model.prices[0])?.prices ?? {};
}

/** The unit price of a bucket for a call with that many input tokens; null when there is none. */
export function unitPrice(
  prices: ModelPrice,
  bucket: UsageBucket,
  inputTokens: number,
): UnitPrice | null {
  for (const key of keys[bucket]) {
    const value = prices[key];
    if (value === undefined) continue;
    return { ...tierPrice(value, inputTokens), per: perOf(key) };
  }
  return null;
}

/** The fee of one request, when the model has one. */
export function requestPrice(prices: ModelPrice): UnitPrice | null {
  const value = prices.requests_kcount;
  return value === undefined ? null : { ...tierPrice(value, 0), per: 1_000n };
}

/** A tier holds for the whole request once its input is longer than the tier's start. */
function tierPrice(value: NonNullable<ModelPrice[string]>, inputTokens: number) {
  if (typeof value === "number") return { price: exact(value), longContext: false };
  const tier = value.tiers
    .filter(({ start }) => inputTokens > start)
    .reduce<{ start: number; price: number } | null>(
      (highest, next) => !highest || next.start > highest.start ? next : highest,
      null,
    );
  return { price: exact(tier?.price ?? value.base), longContext: tier !== null };
}

function perOf(key: string): bigint {
  return key.endsWith("_kcount") ? 1_000n : 1_000_000n;
}

function isInHours({ start_time, end_time }: TimeOfDateConstraint, at: Date): boolean {
  const [start, end] = [secondsUtc(start_time), secondsUtc(end_time)];
  const now = at.getUTCHours() * 3600 + at.getUTCMinutes() * 60 + at.getUTCSeconds();
  return end < start ? now >= start || now < end : now >= start && now < end;
}

/** Seconds since midnight UTC of `HH:MM:SS` with `Z` or an offset. */
function secondsUtc(time: string): number {
  const match = /^(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:Z|([+-])(\d\d):(\d\d))$/.exec(time);
  if (!match) throw new RangeError(`Cannot read a time of day: ${time}`);
  const [, hours, minutes, seconds, sign, offsetHours = 0, offsetMinutes = 0] = match;
  const offset = (Number(offsetHours) * 3600 + Number(offsetMinutes) * 60) *
    (sign === "-" ? -1 : 1);
  return (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds) - offset + 86_400) % 86_400;
}
