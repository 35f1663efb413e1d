/**
 * What a counterfactual rests on, in sentences for people who decide by it.
 *
 * @module
 */
import type { FoundPrice } from "../pricing/price.ts";
import type { Tokens } from "../pricing/tokenizer.ts";
import type { SummedBucket, Sums } from "./counterfactual_sums.ts";

export interface Grounds {
  readonly provider: string;
  readonly model: string;
  readonly price: FoundPrice;
  readonly at: Date;
  readonly sums: readonly Sums[];
  readonly thresholds: readonly number[];
  readonly tokens: readonly Tokens[];
  /** Whether the target has a price for reading its prompt cache. */
  readonly hasCache: boolean;
}

/** The sentences that concern the traffic at hand. */
export function assumptionsOf(grounds: Grounds): string[] {
  const { provider, model, price, at, thresholds } = grounds;
  const name = `${provider}/${model}`;
  const day = at.toISOString().slice(0, 10);
  return [
    "The same requests are answered at the same length; a model of another kind answers and thinks " +
    "at another one.",
    `Prices of ${name} as of ${day} (${price.version}), on the standard service tier.`,
    ...(price.base?.match === "prefix"
      ? [`The price is a guess: the catalogue only knows ${price.base.model}.`]
      : []),
    ...(price.own ? ["The project's negotiated price of this model is taken."] : []),
    ...new Set(grounds.tokens.map(({ because }) => because)),
    ...thresholds.map((start) =>
      `A request of more than ${start} input tokens is charged at the higher prices as a whole.`
    ),
    ...cacheSentences(grounds, name),
    ...(unitsOf(grounds, "reasoning") > 0n
      ? ["Reasoning tokens are taken over as they were counted."]
      : []),
    ...(unitsOf(grounds, "input_audio", "input_image", "output_audio") > 0n
      ? ["Audio and images are taken to have as many tokens there as here."]
      : []),
  ];
}

function cacheSentences({ price, sums, hasCache }: Grounds, name: string): string[] {
  const read = unitsOf({ sums }, "cache_read");
  const written = unitsOf({ sums }, "cache_write", "cache_write_5m", "cache_write_1h");
  const plain = "counterfactual is without a prompt cache: every input token at the full price.";
  if (!hasCache) return [plain, `${name} has no price for cached tokens.`];
  const same =
    "with_prompt_caching reads and writes the tokens that were read from and written to a " +
    "cache here, at the target's prices for it.";
  if (read === 0n && written === 0n) {
    return [plain, `${same} No call used one, so both figures are the same.`];
  }
  const hasWritePrice = price.sheets.some((sheet) => sheet.cache_write ?? sheet.cache_write_5m);
  return hasWritePrice && written === 0n
    ? [
      plain,
      same,
      `${name} charges for writing to its cache and no call here reports writes: that part is missing.`,
    ]
    : [plain, same];
}

function unitsOf({ sums }: Pick<Grounds, "sums">, ...buckets: SummedBucket[]): bigint {
  return sums.reduce(
    (sum, { units }) => buckets.reduce((inner, bucket) => inner + units[bucket], sum),
    0n,
  );
}
