/** Our account beside OpenRouter's own, on the recorded exchanges that name a cost. */
import { expect } from "expect";
import { readAnswer, readRequest } from "@/core/gateway/formats/read.ts";
import { formats } from "@/core/gateway/formats/table.ts";
import { exactText, signedDecimal } from "@/core/pricing/decimal.ts";
import { price } from "@/core/pricing/price.ts";
import { corpusFile, type Exchange, readLines } from "@/tests/corpus/corpus.ts";

const path = corpusFile("exchanges.jsonl.gz");
const utf8 = new TextEncoder();

/** What OpenRouter charged beyond the tokens of the model, or at another upstream's price: so far known. */
const explained: Readonly<Record<string, string>> = {
  // It consulted an advisor tool, another model whose tokens the answer does not count.
  "openai/gpt-4o-mini": "-0.01437",
  // A PDF was parsed.
  "openai/gpt-5.1-codex-mini": "-0.002",
  // Served by upstreams (WandB, AtlasCloud) that are dearer than the catalogue's price.
  "qwen/qwen3-30b-a3b-instruct-2507": "-0.000018796",
  "z-ai/glm-4.6": "-0.00000364",
};

Deno.test({
  name: "our cost is OpenRouter's own to the last digit, but for what tokens do not show",
  ignore: path === null,
  async fn() {
    const exchanges = (await readLines<Exchange>(path ?? ""))
      .filter(({ host }) => host === "openrouter.ai");
    const format = formats["openai-chat"];
    let equal = 0;
    const different: Record<string, string> = {};
    for (const { request, response } of exchanges) {
      const facts = readAnswer(format, {
        bytes: utf8.encode(response.body),
        contentType: response.headers["content-type"] ?? null,
      });
      if (!facts.providerCost) continue;
      const { model } = readRequest(format, utf8.encode(request.body ?? ""));
      const { usd } = price(facts.usage, {
        provider: "openrouter",
        model,
        responseModel: facts.responseModel,
        at: new Date("2026-01-15T00:00:00.000Z"),
        tier: facts.tier,
      });
      if (usd === facts.providerCost) equal++;
      else if (usd !== null) {
        different[model] = signedDecimal(exactText(usd) - exactText(facts.providerCost));
      }
    }
    expect(different).toEqual(explained);
    expect(equal).toBeGreaterThanOrEqual(13);
  },
});
