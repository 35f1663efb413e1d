/**
 * Every known provider, by name.
 *
 * @module
 */
import { anthropic } from "./anthropic.ts";
import { azure } from "./azure.ts";
import { bedrock } from "./bedrock.ts";
import { cerebras } from "./cerebras.ts";
import { cohere } from "./cohere.ts";
import { deepseek } from "./deepseek.ts";
import { fireworks } from "./fireworks.ts";
import { google } from "./google.ts";
import { groq } from "./groq.ts";
import { huggingface } from "./huggingface.ts";
import { mistral } from "./mistral.ts";
import { ollama } from "./ollama.ts";
import { openai } from "./openai.ts";
import { openrouter } from "./openrouter.ts";
import { perplexity } from "./perplexity.ts";
import type { Provider } from "./provider.ts";
import { together } from "./together.ts";
import { vertex } from "./vertex.ts";
import { voyage } from "./voyage.ts";
import { xai } from "./xai.ts";
import { zai } from "./zai.ts";

export const providers: ReadonlyMap<string, Provider> = new Map(
  [
    openai,
    anthropic,
    google,
    vertex,
    azure,
    bedrock,
    groq,
    mistral,
    deepseek,
    openrouter,
    cohere,
    xai,
    together,
    fireworks,
    perplexity,
    cerebras,
    ollama,
    voyage,
    zai,
    huggingface,
  ].map((provider) => [provider.name, provider]),
);

/** Other tools' names for the same providers. */
const aliases: Readonly<Record<string, string>> = {
  gemini: "google",
  "google-ai-studio": "google",
  vertex_ai: "vertex",
  "google-vertex-ai": "vertex",
  "azure-openai": "azure",
  "aws-bedrock": "bedrock",
  "x-ai": "xai",
  grok: "xai",
  together_ai: "together",
  "together-ai": "together",
  fireworks_ai: "fireworks",
  "fireworks-ai": "fireworks",
  "perplexity-ai": "perplexity",
  "z-ai": "zai",
  voyageai: "voyage",
};

/** The provider of that name or alias, or undefined. Names are compared without regard to case. */
export function providerNamed(name: string): Provider | undefined {
  return providers.get(name) ?? providers.get(name.toLowerCase()) ??
    providers.get(aliases[name.toLowerCase()] ?? "");
}
