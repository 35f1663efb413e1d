/**
 * The applications of the demo's company: who they talk to, how often, and how that changed over the
 * month.
 *
 * @module
 */
import { analysis, analystGuide } from "../simulator/corpus/analysis.ts";
import { code, reviewGuide } from "../simulator/corpus/code.ts";
import { contract, contracts } from "../simulator/corpus/contracts.ts";
import type { Conversation } from "../simulator/corpus/conversation.ts";
import { routingGuide, searchLines, tickets } from "../simulator/corpus/routing.ts";
import { shop, shopPolicy } from "../simulator/corpus/shop.ts";
import { plannerGuide, travel } from "../simulator/corpus/travel.ts";
import type { DemoTool } from "./requests.ts";

/** A model that an application uses. */
export interface ModelUse {
  readonly provider: string;
  readonly model: string;
  /** Share of the application's calls. */
  readonly weight: number;
  /** In use only so many days before the demo's end, from and to; always when absent. */
  readonly sinceDays?: number;
  readonly untilDays?: number;
}

export interface Application {
  /** The value of the property `feature`. */
  readonly feature: string;
  /** Share of all sessions. */
  readonly weight: number;
  readonly kind: "conversation" | "embedding";
  readonly models: readonly ModelUse[];
  readonly conversations: readonly Conversation[];
  readonly system: string | null;
  readonly tools: readonly DemoTool[];
  readonly json: object | null;
  /** Share of streamed calls. */
  readonly streamed: number;
  /** A person is waiting: calls have a user and a session. */
  readonly interactive: boolean;
  /** What it looks up before it asks a model. */
  readonly search?: string;
  /** Whether it asks for the cache where a session begins. */
  readonly cached?: true;
}

const none = { tools: [], json: null, system: null } as const;

const oneTurn = (user: string): Conversation => ({
  language: "en",
  turns: [{ user, assistant: "" }],
});

export const applications: readonly Application[] = [
  {
    ...none,
    feature: "shop-assistant",
    weight: 26,
    kind: "conversation",
    conversations: shop,
    system: shopPolicy,
    streamed: 0.9,
    interactive: true,
    cached: true,
    models: [
      { provider: "openai", model: "gpt-4o", weight: 6, untilDays: 14 },
      { provider: "openai", model: "gpt-4.1", weight: 6, sinceDays: 14 },
      { provider: "anthropic", model: "claude-haiku-4-5", weight: 4 },
      { provider: "google", model: "gemini-2.5-flash", weight: 2 },
    ],
  },
  {
    ...none,
    feature: "code-review",
    weight: 9,
    kind: "conversation",
    conversations: code,
    system: reviewGuide,
    streamed: 0.5,
    interactive: true,
    models: [
      { provider: "anthropic", model: "claude-sonnet-4-5", weight: 6 },
      { provider: "openai", model: "gpt-5", weight: 2 },
      { provider: "deepseek", model: "deepseek-chat", weight: 1 },
      // Newer than every price list: the demo shows what an unknown price looks like.
      { provider: "openai", model: "gpt-7-preview", weight: 2, sinceDays: 6 },
    ],
  },
  {
    ...none,
    feature: "travel-planner",
    weight: 8,
    kind: "conversation",
    conversations: travel,
    system: plannerGuide,
    streamed: 0.8,
    interactive: true,
    tools: [
      {
        name: "get_weather",
        description: "Weather in a city on a day: weather, temps, Wetter, tiempo, 天気",
        parameters: {
          type: "object",
          properties: { city: { type: "string" }, date: { type: "string" } },
          required: ["city", "date"],
        },
      },
      {
        name: "search_trains",
        description: "Trains between two cities: train, go from, Zug, tren",
        parameters: {
          type: "object",
          properties: {
            from: { type: "string" },
            to: { type: "string" },
            date: { type: "string" },
          },
          required: ["from", "to", "date"],
        },
      },
    ],
    models: [
      { provider: "google", model: "gemini-2.5-pro", weight: 4 },
      { provider: "openai", model: "gpt-4o-mini", weight: 3 },
      { provider: "mistral", model: "mistral-large-latest", weight: 1 },
    ],
  },
  {
    ...none,
    feature: "sales-analyst",
    weight: 6,
    kind: "conversation",
    conversations: analysis,
    system: analystGuide,
    streamed: 0.3,
    interactive: true,
    tools: [{
      name: "query_warehouse",
      description: "Runs SQL on the sales warehouse: revenue, category, customers, query, report",
      parameters: {
        type: "object",
        properties: { sql: { type: "string" } },
        required: ["sql"],
      },
    }],
    models: [
      { provider: "openai", model: "o4-mini", weight: 3 },
      { provider: "anthropic", model: "claude-opus-4-1", weight: 1 },
      { provider: "google", model: "gemini-2.5-flash", weight: 2 },
    ],
  },
  {
    ...none,
    feature: "contract-reader",
    weight: 4,
    kind: "conversation",
    conversations: contracts,
    system: contract,
    search: "find_clauses",
    streamed: 0.6,
    interactive: true,
    models: [
      { provider: "anthropic", model: "claude-sonnet-4-5", weight: 4 },
      { provider: "openai", model: "gpt-4.1", weight: 1 },
    ],
  },
  {
    ...none,
    feature: "ticket-router",
    weight: 30,
    kind: "conversation",
    conversations: tickets.map(([message]) => oneTurn(message)),
    system: routingGuide,
    json: {
      type: "object",
      properties: {
        queue: {
          type: "string",
          enum: ["delivery", "return", "warranty", "advice", "account", "other"],
        },
        urgency: { type: "integer", minimum: 1, maximum: 5 },
      },
      required: ["queue", "urgency"],
    },
    streamed: 0,
    interactive: false,
    models: [
      { provider: "openai", model: "gpt-3.5-turbo", weight: 3, untilDays: 21 },
      { provider: "openai", model: "gpt-4.1-nano", weight: 4, sinceDays: 21 },
      { provider: "groq", model: "llama-3.3-70b-versatile", weight: 3 },
    ],
  },
  {
    ...none,
    feature: "product-search",
    weight: 24,
    kind: "embedding",
    conversations: searchLines.map(oneTurn),
    streamed: 0,
    interactive: false,
    models: [{ provider: "openai", model: "text-embedding-3-small", weight: 1 }],
  },
];

/** What a tool answers in the demo. */
export const toolResults: Readonly<Record<string, string>> = {
  get_weather: '{"degrees":17,"sky":"light clouds","rain":0.2,"wind_kmh":11}',
  search_trains:
    '{"trains":[{"departs":"07:58","arrives":"14:01","changes":0},{"departs":"09:12","arrives":"15:30","changes":1}]}',
  query_warehouse:
    '{"columns":["category","quarter","revenue"],"rows":[["tents","2026-Q3",812400.5],["shoes","2026-Q3",498020.1],["rucksacks","2026-Q3",402115.9]]}',
};

/** Whether a model is in use at a time. */
export function inUse(use: ModelUse, at: number, end: number): boolean {
  const ago = (end - at) / 86_400_000;
  return ago <= (use.sinceDays ?? Infinity) && ago > (use.untilDays ?? -Infinity);
}
