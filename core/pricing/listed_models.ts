/**
 * Models that have a list price, to choose from: those of the providers that most people weigh against
 * each other. Any other model of the catalogue can be named as well.
 *
 * @module
 */
import { findProvider } from "@pydantic/genai-prices";
import { catalogueProvider } from "./catalogue.ts";

const offered = ["openai", "anthropic", "google", "mistral", "deepseek", "xai", "cohere"];

/** `provider/model` as the gateway's names, by provider; without models that are no longer offered. */
export function listedModels(): readonly string[] {
  return offered.flatMap((name) =>
    (findProvider({ providerId: catalogueProvider(name) })?.models ?? [])
      .filter(({ deprecated }) => !deprecated)
      .map(({ id }) => `${name}/${id}`)
  );
}
