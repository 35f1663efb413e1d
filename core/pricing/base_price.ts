/**
 * The list price of a model: the overlay's where it has one, else the catalogue's.
 *
 * @module
 */
import type { PriceMatch } from "../event/cost.ts";
import { catalogue, catalogueProvider, findModel } from "./catalogue.ts";
import { catalogueSheet } from "./catalogue_sheet.ts";
import { overlayModel, overlaySheet } from "./overlay_lookup.ts";
import type { Priced } from "../event/price.ts";
import type { Sheet } from "./sheet.ts";

export interface BasePrice {
  /** `genai-prices`, or `watchllm` for our overlay. */
  readonly source: string;
  /** The catalogue's ids. */
  readonly provider: string;
  readonly model: string;
  readonly match: Exclude<PriceMatch, "none">;
  readonly sheet: Sheet;
  /** The catalogue lists the model without any price: what is free. */
  readonly empty: boolean;
  readonly imageOutput: boolean;
}

/** The price of a model under one name at a time; null when neither knows the name. */
export function findBase(provider: string, name: string, at: Date): BasePrice | null {
  const ours = overlayModel(catalogueProvider(provider), name);
  if (ours) {
    return {
      source: "watchllm",
      provider: ours.provider,
      model: ours.model,
      match: "overlay",
      sheet: overlaySheet(ours, at),
      empty: false,
      imageOutput: false,
    };
  }
  const found = findModel(provider, name);
  if (!found) return null;
  const { sheet, empty, imageOutput } = catalogueSheet(found.model, at);
  return {
    source: catalogue.source,
    provider: found.provider,
    model: found.model.id,
    match: found.match,
    sheet,
    empty,
    imageOutput,
  };
}

/** The answering model, unless it is only guessed and the asked one is known. */
export function bestBase(
  provider: string,
  asked: string,
  answered: string | null,
  at: Date,
): BasePrice | null {
  const byAsked = findBase(provider, asked, at);
  // Bedrock's ids say which regions answer, and the price depends on it; the model's own name does not.
  if (catalogueProvider(provider) === "aws") return byAsked;
  const byAnswered = answered === null ? null : findBase(provider, answered, at);
  if (!byAsked || !byAnswered) return byAnswered ?? byAsked;
  // A router's name for a variant (":free") is in the request alone, and it has its own price.
  const askedWins = asked.includes(":") ||
    (byAnswered.match === "prefix" && byAsked.match !== "prefix");
  return askedWins ? byAsked : byAnswered;
}

/**
 * Whether a price that the sheet lacks must not be taken from the text's: OpenAI sells audio at many
 * times the price of text, and the catalogue does not list it for every model.
 */
export function needsOwnPrice(provider: string, bucket: Priced): boolean {
  const isAudio = bucket === "input_audio" || bucket === "output_audio";
  return isAudio && (provider === "openai" || provider === "azure");
}
