import { expect } from "expect";
import { AppError } from "@/core/error.ts";
import { leftOut } from "@/core/gateway/translate/left_out.ts";
import type { LeftOut } from "@/core/gateway/translate/left_out.ts";
import { type Translated, translateRequest } from "@/core/gateway/translate/translate_request.ts";
import { corpusFile, type Exchange, readLines } from "../corpus/corpus.ts";
import { canonical, type Format } from "./canonical.ts";

const path = corpusFile("exchanges.jsonl.gz");
// deno-lint-ignore no-console -- a skipped test must say why
if (!path) console.info("tests/translate: exchanges.jsonl.gz is not present, skipped");

const formats: readonly Format[] = ["openai-chat", "anthropic", "gemini"];
const recipients: Readonly<Record<Format, { provider: string; model: string }>> = {
  "openai-chat": { provider: "openai", model: "gpt-5" },
  anthropic: { provider: "anthropic", model: "claude-sonnet-4-5" },
  gemini: { provider: "google", model: "gemini-2.5-pro" },
};

function formatOf({ request }: Exchange): Format | null {
  const path = request.path.replace(/\?.*/, "");
  if (/\/chat\/completions$/.test(path)) return "openai-chat";
  if (/\/messages$/.test(path) || /awPredict$/.test(path)) return "anthropic";
  return /:(?:stream)?generateContent$/i.test(path) ? "gemini" : null;
}

/** The fields of the table's entries that took part, as the format spells them. */
function namedFields(format: Format, names: Translated["left"]): string[] {
  return names.flatMap((name) => {
    const entry: LeftOut = leftOut[name];
    return [...entry.fields[format] ?? []];
  });
}

interface Outcome {
  readonly pair: string;
  /** What refused it, or null. */
  readonly refused: string | null;
}

Deno.test({
  name:
    "every recorded request that can be translated goes there and back with nothing lost but what the table names",
  ignore: path === null,
  async fn() {
    const exchanges = await readLines<Exchange>(path ?? "");
    const outcomes: Outcome[] = [];
    for (const exchange of exchanges) {
      const from = formatOf(exchange);
      const source = exchange.request.body;
      if (!from || !source) continue;
      for (const to of formats.filter((format) => format !== from)) {
        outcomes.push({ pair: `${from} → ${to}`, refused: thereAndBack(exchange, from, to) });
      }
    }
    // deno-lint-ignore no-console -- the table is what one runs this test for
    console.info(table(outcomes));
    const translated = outcomes.filter(({ refused }) => refused === null).length;
    expect(translated / outcomes.length).toBeGreaterThan(0.6);
  },
});

function thereAndBack({ id, host, request }: Exchange, from: Format, to: Format): string | null {
  const source = request.body ?? "";
  const inPath = /stream/i.test(request.path);
  let there: Translated;
  try {
    there = translateRequest(source, from, to, recipients[to], inPath);
  } catch (error) {
    // Only a named field is a reason to refuse.
    if (!(error instanceof AppError) || error.code !== "translation_impossible") throw error;
    const { field, reason } = error.details ?? {};
    return `${String(field).replace(/\[\d+\]/g, "[]")}${reason ? ` (${reason})` : ""}`;
  }
  const { stream } = there.request;
  const sender = host === "openrouter.ai"
    ? { provider: "openrouter", model: "m" }
    : recipients[from];
  const back = translateRequest(JSON.stringify(there.body), to, from, sender, stream);
  const without = namedFields(from, [...there.left, ...back.left]);
  const [before, after] = [JSON.parse(source), structuredClone(back.body)];
  // Anthropic wants a limit in every request.
  if (to === "anthropic" && before.max_tokens === undefined) removeLimit(before, after);
  expect({ id, to, ...canonical(from, after, without) })
    .toEqual({ id, to, ...canonical(from, before, without) });
  return null;
}

type Body = Record<string, unknown>;

function removeLimit(before: Body, after: Body): void {
  const [config, given] = [after.generationConfig, before.generationConfig] as Body[];
  if (config && given?.maxOutputTokens === undefined) delete config.maxOutputTokens;
  for (const name of ["max_completion_tokens", "max_tokens"]) {
    if (before.max_completion_tokens === undefined) delete after[name];
  }
}

function table(outcomes: readonly Outcome[]): string {
  const lines = [...Map.groupBy(outcomes, ({ pair }) => pair)].flatMap(([pair, all]) => {
    const refused = all.filter(({ refused }) => refused !== null);
    const reasons = [...Map.groupBy(refused, ({ refused }) => refused)]
      .toSorted(([, a], [, b]) => b.length - a.length)
      .map(([reason, some]) => `    ${some.length} × ${reason}`);
    return [
      `${pair} | ${all.length} | ${all.length - refused.length} | ${refused.length}`,
      ...reasons,
    ];
  });
  return ["formats | requests | translated | refused, by what", ...lines].join("\n");
}
