/**
 * The catalogue's prices of a model at a time, as a sheet.
 *
 * @module
 */
import type { ModelInfo, ModelPrice, TimeOfDateConstraint } from "@pydantic/genai-prices";
import type { Priced } from "../event/price.ts";
import { exact } from "./decimal.ts";
import type { Rate, Sheet } from "./sheet.ts";
import type { PriceSteps } from "./steps.ts";

/** The catalogue's names. */
const keys: readonly (readonly [Priced, string])[] = [
  ["input", "input_mtok"],
  ["cache_read", "cache_read_mtok"],
  ["cache_write", "cache_write_mtok"],
  ["cache_write_5m", "cache_write_5m_mtok"],
  ["cache_write_1h", "cache_write_1h_mtok"],
  ["input_audio", "input_audio_mtok"],
  ["input_image", "input_image_mtok"],
  ["output", "output_mtok"],
  ["reasoning", "output_reasoning_mtok"],
  ["output_audio", "output_audio_mtok"],
  ["tool_requests", "web_searches_kcount"],
  ["request", "requests_kcount"],
];

export interface CatalogueSheet {
  readonly sheet: Sheet;
  /** The catalogue lists what is free without any price. */
  readonly empty: boolean;
  /** Text and images among the output have different prices, and answers count them together. */
  readonly imageOutput: boolean;
}

/** Made once for each price list: calls ask for the same few again and again. */
const made = new WeakMap<ModelPrice, CatalogueSheet>();

/** The same object for the same prices: calls ask for few of them, often. */
export function catalogueSheet(model: ModelInfo, at: Date): CatalogueSheet {
  const prices = pricesAt(model, at);
  let sheet = made.get(prices);
  if (!sheet) made.set(prices, sheet = sheetOf(prices));
  return sheet;
}

const nothing: ModelPrice = {};

/** The price list that holds at a time: the catalogue keeps former prices and prices by hour. */
function pricesAt(model: ModelInfo, at: Date): ModelPrice {
  if (!Array.isArray(model.prices)) return model.prices;
  const valid = model.prices.findLast(({ constraint }) => {
    if (!constraint) return true;
    if (constraint.type === "start_date") return at >= new Date(constraint.start_date);
    return isInHours(constraint, at);
  });
  return (valid ?? model.prices[0])?.prices ?? nothing;
}

/** Where the model's prices change; see `price_steps.ts`. */
export function catalogueSteps({ prices }: ModelInfo): PriceSteps {
  const lists = Array.isArray(prices) ? prices : [{ prices }];
  const constraints = lists.flatMap(({ constraint }) => constraint ? [constraint] : []);
  return {
    instants: constraints.flatMap((one) =>
      one.type === "start_date" ? [new Date(one.start_date).getTime()] : []
    ),
    secondsOfDay: constraints.flatMap((one) =>
      one.type === "start_date" ? [] : [secondsUtc(one.start_time), secondsUtc(one.end_time)]
    ),
    inputTokens: lists.flatMap((list) =>
      Object.values(list.prices).flatMap((value) =>
        typeof value === "object" ? value.tiers.map(({ start }) => start) : []
      )
    ),
  };
}

function sheetOf(prices: ModelPrice): CatalogueSheet {
  const sheet: { -readonly [P in keyof Sheet]: Sheet[P] } = {};
  for (const [bucket, key] of keys) {
    const value = prices[key];
    if (value !== undefined) sheet[bucket] = rateOf(value, perOf(key));
  }
  return {
    sheet,
    empty: Object.keys(prices).length === 0,
    imageOutput: prices.output_image_mtok !== undefined,
  };
}

function rateOf(value: NonNullable<ModelPrice[string]>, per: bigint): Rate {
  if (typeof value === "number") return { price: exact(value), per, above: [] };
  const above = value.tiers.map(({ start, price }) => ({ start, price: exact(price) }));
  return { price: exact(value.base), per, above };
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
