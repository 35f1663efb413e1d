/**
 * How each SDK is pointed at the gateway. The base URL is the only line that changes in an application.
 *
 * @module
 */

export interface Snippet {
  readonly id: string;
  readonly label: string;
  readonly code: string;
}

/** What stands where a project's key belongs. */
const keyPlaceholder = "wl_live_...";

export interface SnippetOptions {
  /** Where this installation answers, e.g. `http://127.0.0.1:8787`. */
  readonly origin: string;
  /** The project's key, where it is known: it is shown once. */
  readonly key?: string | null;
}

/** One snippet for each SDK in TypeScript, and one for the shell. */
export function snippets(origin: string): readonly Snippet[] {
  const options = { origin, key: keyPlaceholder };
  return [
    { id: "openai", label: "OpenAI", code: openai(options) },
    { id: "anthropic", label: "Anthropic", code: anthropic(options) },
    { id: "gemini", label: "Gemini", code: gemini(options) },
    { id: "curl", label: "curl", code: curl(options) },
  ];
}

/** A call from the shell. */
export function curlSnippet(origin: string): string {
  return curl({ origin, key: keyPlaceholder });
}

/** One snippet for each SDK and language. */
export function allSnippets({ origin, key }: SnippetOptions): readonly Snippet[] {
  const options = { origin, key: key ?? keyPlaceholder };
  return [
    { id: "openai", label: "OpenAI", code: openai(options) },
    { id: "openai-python", label: "OpenAI, Python", code: openaiPython(options) },
    { id: "anthropic", label: "Anthropic", code: anthropic(options) },
    { id: "anthropic-python", label: "Anthropic, Python", code: anthropicPython(options) },
    { id: "gemini", label: "Gemini", code: gemini(options) },
    { id: "gemini-python", label: "Gemini, Python", code: geminiPython(options) },
    { id: "vercel", label: "Vercel AI SDK", code: vercel(options) },
    { id: "curl", label: "curl", code: curl(options) },
  ];
}

interface Filled {
  readonly origin: string;
  readonly key: string;
}

function comment(key: string, mark = "//"): string {
  return key === keyPlaceholder ? ` ${mark} your project key` : "";
}

function openai({ origin, key }: Filled): string {
  return `import OpenAI from "openai";

const client = new OpenAI({
  baseURL: "${origin}/v1",
  apiKey: "${key}",${comment(key)}
});

const answer = await client.chat.completions.create({
  model: "gpt-4o-mini",
  messages: [{ role: "user", content: "Say hello." }],
});`;
}

function openaiPython({ origin, key }: Filled): string {
  return `from openai import OpenAI

client = OpenAI(
    base_url="${origin}/v1",
    api_key="${key}",${comment(key, " #")}
)

answer = client.chat.completions.create(
    model="gpt-4o-mini",
    messages=[{"role": "user", "content": "Say hello."}],
)`;
}

function anthropic({ origin, key }: Filled): string {
  return `import Anthropic from "@anthropic-ai/sdk";

const client = new Anthropic({
  baseURL: "${origin}",
  apiKey: "${key}",${comment(key)}
});

const answer = await client.messages.create({
  model: "claude-sonnet-4-5",
  max_tokens: 256,
  messages: [{ role: "user", content: "Say hello." }],
});`;
}

function anthropicPython({ origin, key }: Filled): string {
  return `from anthropic import Anthropic

client = Anthropic(
    base_url="${origin}",
    api_key="${key}",${comment(key, " #")}
)

answer = client.messages.create(
    model="claude-sonnet-4-5",
    max_tokens=256,
    messages=[{"role": "user", "content": "Say hello."}],
)`;
}

function gemini({ origin, key }: Filled): string {
  return `import { GoogleGenAI } from "@google/genai";

const client = new GoogleGenAI({
  httpOptions: { baseUrl: "${origin}" },
  apiKey: "${key}",${comment(key)}
});

const answer = await client.models.generateContent({
  model: "gemini-2.5-flash",
  contents: "Say hello.",
});`;
}

function geminiPython({ origin, key }: Filled): string {
  return `from google import genai

client = genai.Client(
    http_options={"base_url": "${origin}"},
    api_key="${key}",${comment(key, " #")}
)

answer = client.models.generate_content(
    model="gemini-2.5-flash",
    contents="Say hello.",
)`;
}

function vercel({ origin, key }: Filled): string {
  return `import { createOpenAI } from "@ai-sdk/openai";
import { generateText } from "ai";

const openai = createOpenAI({
  baseURL: "${origin}/v1",
  apiKey: "${key}",${comment(key)}
});

const { text } = await generateText({
  model: openai("gpt-4o-mini"),
  prompt: "Say hello.",
});`;
}

function curl({ origin, key }: Filled): string {
  return `curl ${origin}/v1/chat/completions \\
  -H "Authorization: Bearer ${key}" \\
  -H "Content-Type: application/json" \\
  -d '{
    "model": "gpt-4o-mini",
    "messages": [{"role": "user", "content": "Say hello."}]
  }'`;
}
