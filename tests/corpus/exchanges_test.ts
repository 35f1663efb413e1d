import { expect } from "expect";
import {
  cacheWriteTokens,
  inputTokens,
  outputTokens,
  type UsageBuckets,
} from "@/core/event/usage.ts";
import { projectKey, type Recorded, runGateway, runUpstream } from "../gateway/fixture.ts";
import { corpusFile, type Exchange, readLines } from "./corpus.ts";
import { type Expected, recordedUsage } from "./recorded_usage.ts";

const path = corpusFile("exchanges.jsonl.gz");
// deno-lint-ignore no-console -- a skipped test must say why
if (!path) console.info("tests/corpus: exchanges.jsonl.gz is not present, skipped");

/** By which provider a recorded host is reached. Unnamed hosts speak OpenAI's dialect. */
const providersByHost: readonly (readonly [RegExp, string])[] = [
  [/^api\.openai\.com$/, "openai"],
  [/^api\.anthropic\.com$/, "anthropic"],
  [/^generativelanguage\./, "google"],
  [/aiplatform\.googleapis\.com$/, "vertex"],
  [/azure\.com$/, "azure"],
  [/amazonaws\.com$|\.api\.aws$/, "bedrock"],
  [/^api\.groq\.com$/, "groq"],
  [/^api\.mistral\.ai$/, "mistral"],
  [/^api\.deepseek\.com$/, "deepseek"],
  [/^openrouter\.ai$/, "openrouter"],
  [/^api\.cohere\.com$/, "cohere"],
  [/^api\.cerebras\.ai$/, "cerebras"],
  [/ollama\.com$|:11434$/, "ollama"],
  [/^api\.voyageai\.com$/, "voyage"],
  [/^api\.z\.ai$/, "zai"],
  [/^router\.huggingface\.co$/, "huggingface"],
];

function providerOf(host: string): string {
  return providersByHost.find(([pattern]) => pattern.test(host))?.[1] ?? "openai";
}

interface Result {
  readonly host: string;
  readonly id: string;
  readonly equal: boolean;
  readonly usage: Expected | null;
  readonly recorded: Recorded;
}

/** Hosts whose usage must agree in every exchange. The others are shown. */
const mustAgree = /^(api\.openai\.com|api\.anthropic\.com|generativelanguage\.googleapis\.com)$/;

Deno.test({
  name: "every recorded exchange comes back byte for byte and is logged with its usage",
  ignore: path === null,
  async fn() {
    const exchanges = await readLines<Exchange>(path ?? "");
    const byId = new Map(exchanges.map((exchange) => [exchange.id, exchange]));
    await using upstream = await runUpstream(({ headers }, response) => {
      const exchange = byId.get(String(headers["x-exchange"]));
      if (!exchange) return void response.writeHead(500).end();
      const { status, headers: recorded, body } = exchange.response;
      const bytes = new TextEncoder().encode(body);
      const streamed = recorded["content-type"]?.includes("event-stream");
      response.writeHead(status, {
        ...recorded,
        ...(!streamed && { "content-length": bytes.length }),
      });
      // A stream in pieces that respect nothing, a body at once.
      if (streamed) {
        for (let at = 0; at < bytes.length; at += 777) response.write(bytes.subarray(at, at + 777));
        response.end();
      } else response.end(bytes);
    });
    const names = new Set(exchanges.map(({ host }) => providerOf(host)));
    await using running = runGateway({
      upstreams: Object.fromEntries([...names].map((name) => [name, upstream.url])),
      providerKeys: Object.fromEntries([...names].map((name) => [name, "provider-key"])),
    });

    const results: Result[] = [];
    for (const exchange of exchanges) results.push(await replay(running, exchange));

    const disagreeing = results.filter(({ usage, recorded }) => !agrees(usage, recorded));
    // deno-lint-ignore no-console -- the table is what one runs this test for
    console.info(table(results));
    expect(results.filter(({ equal }) => !equal).map(({ id }) => id)).toEqual([]);
    expect(running.log.records.length).toBe(exchanges.length);
    expect(new Set(running.log.records.map(({ event }) => event.id)).size).toBe(exchanges.length);
    expect(
      disagreeing.filter(({ host }) => mustAgree.test(host)).map(({ id, usage, recorded }) => ({
        id,
        usage,
        buckets: recorded.event.data.usage.buckets,
      })),
    ).toEqual([]);
    expect(disagreeing.length).toBe(0);
  },
});

async function replay(
  running: ReturnType<typeof runGateway>,
  { id, host, request, response }: Exchange,
): Promise<Result> {
  const before = running.log.records.length;
  const answer = await fetch(`${running.url}/proxy/${providerOf(host)}${request.path}`, {
    method: request.method.toUpperCase(),
    headers: { ...request.headers, "x-watchllm-key": projectKey, "x-exchange": id },
    ...(request.body !== null && request.method.toUpperCase() !== "GET" && { body: request.body }),
  });
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const recorded = running.log.records[before];
  if (!recorded) throw new Error(`${id} was answered before it was recorded`);
  const type = response.headers["content-type"] ?? null;
  return {
    host,
    id,
    equal: answer.status === response.status && answer.headers.get("content-type") === type &&
      equalBytes(bytes, new TextEncoder().encode(response.body)),
    usage: recordedUsage(request.path.replace(/\?.*/, ""), response.body),
    recorded,
  };
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function agrees(usage: Expected | null, { event }: Recorded): boolean {
  const { buckets, source } = event.data.usage;
  if (usage === null || source === "none") return usage === null && source === "none";
  return JSON.stringify(totals(buckets)) === JSON.stringify(usage);
}

function totals(buckets: UsageBuckets): Expected {
  return {
    input: inputTokens(buckets),
    output: outputTokens(buckets),
    cacheRead: buckets.cache_read,
    cacheWrite: cacheWriteTokens(buckets),
    reasoning: buckets.reasoning,
  };
}

function table(results: readonly Result[]): string {
  const hosts = Map.groupBy(results, ({ host }) => host);
  const rows = [...hosts].map(([host, all]) => {
    const priced = all.filter(({ recorded }) => recorded.event.data.cost.usd !== null).length;
    const reasons = Map.groupBy(
      all.filter(({ recorded }) => recorded.event.data.cost.usd === null),
      ({ recorded }) => recorded.event.data.cost.unpriced_reason ?? "",
    );
    return [
      host,
      all.length,
      all.filter(({ equal }) => equal).length,
      all.filter(({ usage, recorded }) => agrees(usage, recorded)).length,
      all.filter(({ recorded }) => !recorded.event.data.usage.consistent).length,
      priced,
      [...reasons].map(([reason, some]) => `${some.length}× ${reason}`).join(" "),
    ].join(" | ");
  });
  return ["host | exchanges | equal | usage agrees | inconsistent | priced | unpriced", ...rows]
    .join("\n");
}
