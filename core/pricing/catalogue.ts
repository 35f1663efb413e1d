/**
 * The price catalogue: the data of `@pydantic/genai-prices`, looked up by our provider names. Only
 * its data is used; how a model was matched is found out here, because the library takes a guess by
 * prefix for an answer.
 *
 * @module
 */
import {
  findProvider,
  type MatchLogic,
  type ModelInfo,
  type Provider,
} from "@pydantic/genai-prices";
import type { PriceMatch } from "../event/cost.ts";
import { isSameModel } from "./model_name.ts";

export const catalogue = { source: "genai-prices", version: "0.1.8" } as const;

export interface CatalogueMatch {
  readonly provider: string;
  readonly model: ModelInfo;
  readonly match: Exclude<PriceMatch, "overlay" | "none">;
}

/** Our provider names that differ from the catalogue's ids. */
const catalogueIds: ReadonlyMap<string, string> = new Map([
  ["vertex", "google"],
  ["bedrock", "aws"],
  ["xai", "x-ai"],
  ["voyage", "voyageai"],
]);

/** The catalogue's id of a provider that we know by another name. */
export function catalogueProvider(ourName: string): string {
  const name = ourName.toLowerCase();
  return catalogueIds.get(name) ?? name;
}

/** Looked-up models, by provider and name. Bounded: model names come from clients. */
const found = new Map<string, CatalogueMatch | null>();
const foundKept = 10_000;
/** No model's name is longer: what is would be kept for nothing. */
const longestName = 300;

/** The catalogue's model for a name, or null. */
export function findModel(provider: string, name: string): CatalogueMatch | null {
  if (name.length > longestName) return null;
  const key = `${provider}\n${name}`;
  const known = found.get(key);
  if (known !== undefined) return known;
  if (found.size >= foundKept) found.clear();
  const match = lookUp(provider, name);
  found.set(key, match);
  return match;
}

function lookUp(ourName: string, name: string): CatalogueMatch | null {
  const provider = findProvider({ providerId: catalogueProvider(ourName) });
  const model = name.toLowerCase().trim();
  if (!provider || model === "") return null;
  for (const place of [provider, ...fallbacks(provider)]) {
    const match = inProvider(place, model) ?? inProvider(place, withDashedDate(model));
    if (match) return match;
  }
  return null;
}

/** Providers whose models this one resells at their price. */
function fallbacks(provider: Provider): Provider[] {
  return (provider.fallback_model_providers ?? [])
    .map((id) => findProvider({ providerId: id }))
    .filter((other) => other !== undefined);
}

function inProvider(provider: Provider, name: string): CatalogueMatch | null {
  for (const model of provider.models) {
    const quality = fit(model.match, name);
    if (quality === null) continue;
    const id = model.id.toLowerCase();
    const match = id === name ? "exact" : isOtherGeneration(id, name) ? "prefix" : quality;
    return { provider: provider.id, model, match };
  }
  return null;
}

/** Amazon's `-v1:0` ends a model's own name, and its `-v2:0` may have another price. */
function isOtherGeneration(id: string, name: string): boolean {
  const generation = /-v(\d+)(?::\d+)?$/;
  const [own, asked] = [generation.exec(id)?.[1], generation.exec(name)?.[1]];
  return own !== undefined && asked !== undefined && own !== asked;
}

/** How well a name fits a rule: named outright, guessed, or not at all (null). */
function fit(rule: MatchLogic, name: string): "alias" | "prefix" | null {
  if ("or" in rule) return first(rule.or.map((part) => fit(part, name)));
  if ("and" in rule) return weakest(rule.and.map((part) => fit(part, name)));
  if ("equals" in rule) return name === rule.equals.toLowerCase() ? "alias" : null;
  if ("regex" in rule) return new RegExp(rule.regex).test(name) ? "alias" : null;
  if ("starts_with" in rule) {
    return name.startsWith(rule.starts_with.toLowerCase()) ? guess(rule.starts_with, name) : null;
  }
  if ("ends_with" in rule) {
    return name.endsWith(rule.ends_with.toLowerCase()) ? guess(rule.ends_with, name) : null;
  }
  return name.includes(rule.contains.toLowerCase()) ? guess(rule.contains, name) : null;
}

type Quality = "alias" | "prefix" | null;

function first(parts: readonly Quality[]): Quality {
  if (parts.includes("alias")) return "alias";
  return parts.includes("prefix") ? "prefix" : null;
}

function weakest(parts: readonly Quality[]): Quality {
  if (parts.includes(null)) return null;
  return parts.includes("prefix") ? "prefix" : "alias";
}

/** Whether the rest of a name is a version of the same model, or makes the match a guess. */
function guess(part: string, name: string): "alias" | "prefix" {
  const at = name.indexOf(part.toLowerCase());
  // A rule may end inside the date ("claude-sonnet-4-2025"): give the date back to the rest.
  const stem = part.toLowerCase().replace(/[-@:]?(?:20\d{2}[\d-]*)?$/, "");
  const rest = name.slice(at + stem.length);
  return isSameModel(name.slice(0, at), rest) ? "alias" : "prefix";
}

/** `…-20250929` as `…-2025-09-29`: the catalogue writes some dates with dashes. */
function withDashedDate(name: string): string {
  return name.replace(/-(20\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=-|:|$)/, "-$1-$2-$3");
}
