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

/**
 * One snippet for each SDK and one for the shell.
 *
 * @param origin where this installation answers, e.g. `http://127.0.0.1:8787`
 */
export function snippets(origin: string): readonly Snippet[] {
  return [
    { id: "openai", label: "OpenAI", code: openai(origin) },
    { id: "anthropic", label: "Anthropic", code: anthropic(origin) },
    { id: "gemini", label: "Gemini", code: gemini(origin) },
    { id: "curl", label: "curl", code: curl(origin) },
  ];
}

function openai(origin: string): string {
  return `import OpenAI from "openai";

const client = new OpenAI({
  baseURL: "${origin}/v1",
  apiKey: "wl_live_...", // your project key
});

const answer = await client.chat.completions.create({
  model: "gpt-4o-mini",
  messages: [{ role: "user", content: "Say hello." }],
});`;
}

function anthropic(origin: string): string {
  return `import Anthropic from "@anthropic-ai/sdk";

const client = new Anthropic({
  baseURL: "${origin}",
  apiKey: "wl_live_...", // your project key
});

const answer = await client.messages.create({
  model: "claude-sonnet-4-5",
  max_tokens: 256,
  messages: [{ role: "user", content: "Say hello." }],
});`;
}

function gemini(origin: string): string {
  return `import { GoogleGenAI } from "@google/genai";

const client = new GoogleGenAI({
  httpOptions: { baseUrl: "${origin}" },
  apiKey: "wl_live_...", // your project key
});

const answer = await client.models.generateContent({
  model: "gemini-2.5-flash",
  contents: "Say hello.",
});`;
}

function curl(origin: string): string {
  return `curl ${origin}/v1/chat/completions \\
  -H "Authorization: Bearer wl_live_..." \\
  -H "Content-Type: application/json" \\
  -d '{
    "model": "gpt-4o-mini",
    "messages": [{"role": "user", "content": "Say hello."}]
  }'`;
}
