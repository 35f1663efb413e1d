/**
 * Which provider a recorded call went to, in the gateway's words.
 *
 * @module
 */
import { providerNamed } from "../gateway/providers/table.ts";

/** OpenTelemetry's and the libraries' names for providers that we call otherwise. */
const aliases: Readonly<Record<string, string>> = {
  "aws.bedrock": "bedrock",
  "aws": "bedrock",
  "amazon-bedrock": "bedrock",
  "azure.ai.openai": "azure",
  "azure.ai.inference": "azure",
  "az.ai.openai": "azure",
  "az.ai.inference": "azure",
  "azure-openai": "azure",
  "azure_openai": "azure",
  "gcp.gemini": "google",
  "gcp.gen_ai": "google",
  "google.generative-ai": "google",
  "google_genai": "google",
  "google_generativeai": "google",
  "gemini": "google",
  "gcp.vertex_ai": "vertex",
  "google.vertex": "vertex",
  "vertexai": "vertex",
  "vertex_ai": "vertex",
  "mistral_ai": "mistral",
  "mistralai": "mistral",
  "mistral.ai": "mistral",
  "x_ai": "xai",
  "togetherai": "together",
  "together_ai": "together",
  "fireworks_ai": "fireworks",
  "hugging_face": "huggingface",
};

/** Models whose name says who made them. */
const byModel: readonly (readonly [RegExp, string])[] = [
  [
    /^(gpt-|chatgpt|o[1-9](-|$)|text-embedding-|davinci|babbage|omni-|whisper|tts-|dall-e)/,
    "openai",
  ],
  [/^claude/, "anthropic"],
  [/^(gemini|gemma|text-bison|chat-bison)/, "google"],
  [/^(mistral|mixtral|codestral|ministral|magistral|pixtral|devstral)/, "mistral"],
  [/^deepseek/, "deepseek"],
  [/^grok/, "xai"],
  [/^(command|c4ai|embed-(english|multilingual))/, "cohere"],
  [/^sonar/, "perplexity"],
  [/^voyage/, "voyage"],
];

/** Names of what stands between: the model's prefix says who answers. */
const between: ReadonlySet<string> = new Set(["gateway", "litellm", "ai_gateway", "vercel"]);

const unknownProvider = "unknown";

export interface ModelOf {
  readonly provider: string;
  readonly model: string;
}

/**
 * The provider and the model without its prefix.
 *
 * @param given the provider as the client names it; null when it names none
 * @example
 * ```ts
 * import { modelOf } from "@/core/ingest/provider.ts";
 * import { expect } from "expect";
 *
 * expect(modelOf("openai/gpt-4o", null)).toEqual({ provider: "openai", model: "gpt-4o" });
 * expect(modelOf("claude-sonnet-4", null).provider).toBe("anthropic");
 * expect(modelOf("gpt-4o", "azure.ai.openai").provider).toBe("azure");
 * ```
 */
export function modelOf(asked: string, given: string | null): ModelOf {
  const told = given ? providerOf(given) : null;
  const provider = told !== null && between.has(told) ? null : told;
  // Google's resource names.
  const model = asked.replace(/^models\/(?=.)/, "");
  const slash = model.indexOf("/");
  const prefix = slash > 0 ? model.slice(0, slash).toLowerCase() : "";
  const named = prefix === "" ? undefined : providerNamed(prefix)?.name;
  // A router's model names have a vendor in front that belongs to them.
  if (named && (provider === null || provider === named)) {
    return { provider: named, model: model.slice(slash + 1) || model };
  }
  return { provider: provider ?? guess(model), model };
}

/** Our name of a provider, or the given one as it is. */
export function providerOf(given: string): string {
  const name = given.trim().toLowerCase().slice(0, 64);
  const known = aliasOf(name) ?? providerNamed(name)?.name;
  if (known) return known;
  // "openai.chat", "anthropic.messages", "azure-openai.responses": the part before the API's name.
  const dot = name.lastIndexOf(".");
  const head = dot > 0 ? name.slice(0, dot) : "";
  return aliasOf(head) ?? providerNamed(head)?.name ?? (name === "" ? unknownProvider : name);
}

/** Names come from clients: one may be called `constructor`. */
function aliasOf(name: string): string | undefined {
  return Object.hasOwn(aliases, name) ? aliases[name] : undefined;
}

function guess(model: string): string {
  const name = model.toLowerCase();
  return byModel.find(([pattern]) => pattern.test(name))?.[1] ?? unknownProvider;
}
