/**
 * The models of a made-up product: a few do most of the work.
 *
 * @module
 */
import type { CallData } from "@/core/event/call.ts";

export interface Model {
  readonly provider: string;
  readonly model: string;
  readonly endpoint: CallData["endpoint"];
  readonly path: string;
  /** Of all calls. */
  readonly share: number;
  /** Millionths of a dollar for a thousand tokens; null when nobody knows. */
  readonly price: readonly [input: number, output: number] | null;
  /** Median milliseconds. */
  readonly latency: number;
}

const chat = { endpoint: "chat", path: "/v1/chat/completions" } as const;
const messages = { endpoint: "messages", path: "/v1/messages" } as const;
const models: readonly Model[] = [
  ...[
    ["gpt-4o-mini", 0.31, [150, 600], 780],
    ["gpt-4o", 0.14, [2_500, 10_000], 1_450],
    ["gpt-4.1", 0.07, [2_000, 8_000], 1_300],
    ["o3", 0.03, [2_000, 8_000], 7_200],
    ["our-finetune-7", 0.01, null, 900],
  ].map((row) => model("openai", chat, row)),
  ...[
    ["claude-sonnet-4-5", 0.16, [3_000, 15_000], 2_100],
    ["claude-haiku-4-5", 0.09, [1_000, 5_000], 900],
    ["claude-opus-4-1", 0.02, [15_000, 75_000], 4_800],
  ].map((row) => model("anthropic", messages, row)),
  ...[["gemini-2.5-flash", 0.08, [300, 2_500], 640], [
    "gemini-2.5-pro",
    0.03,
    [1_250, 10_000],
    2_600,
  ]]
    .map((row) => model("google", chat, row)),
  ...[["llama-3.3-70b-versatile", 0.04, [590, 790], 310]].map((row) => model("groq", chat, row)),
  ...[["mistral-large-latest", 0.02, [2_000, 6_000], 1_700]].map((row) =>
    model("mistral", chat, row)
  ),
];

function model(
  provider: string,
  how: Pick<Model, "endpoint" | "path">,
  row: readonly unknown[],
): Model {
  // The literals above, in this order.
  const [name, share, price, latency] = row as [string, number, [number, number] | null, number];
  return { provider, model: name, ...how, share, price, latency };
}

/** A model for each call, as often as its share says. */
export function pickerOf(random: () => number): () => Model {
  const total = models.reduce((sum, { share }) => sum + share, 0);
  const last = models.at(-1);
  return function pick() {
    let left = random() * total;
    for (const one of models) {
      left -= one.share;
      if (left <= 0) return one;
    }
    if (!last) throw new Error("There are models.");
    return last;
  };
}
