/**
 * `deno run -A tools/eval_semantic/lookup.ts --pairs FILE`: how long a lookup takes in a full partition.
 *
 * @module
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { defaultSemanticSettings, type SemanticRequest } from "@/core/cache/semantic/contract.ts";
import { partitionCapacity } from "@/core/cache/semantic/entries.ts";
import { createSemanticCache } from "@/core/cache/semantic/semantic_cache.ts";
import { readPairs } from "./pairs.ts";

const help = `How long a semantic lookup takes in a full partition.

Usage: deno run -A tools/eval_semantic/lookup.ts --pairs FILE [--entries N] [--lookups N]

Stores N of the first questions (10000, the capacity of a partition) in a Deno KV file, then looks up
their counterparts (2000) through the whole cache: partition, search, guards, policy, KV.
`;

function ask(text: string): SemanticRequest {
  return {
    projectId: "bench",
    provider: "openai",
    endpoint: "/v1/chat/completions",
    model: "gpt-4o-mini",
    body: { messages: [{ role: "user", content: text }] },
    settings: { ...defaultSemanticSettings, mode: "shadow" },
  };
}

async function main(args: readonly string[], say: (line: string) => void): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      pairs: { type: "string" },
      entries: { type: "string", default: String(partitionCapacity) },
      lookups: { type: "string", default: "2000" },
      help: { type: "boolean" },
    },
  });
  if (values.help || !values.pairs) {
    say(help);
    return values.help ? 0 : 2;
  }
  const { pairs } = await readPairs(values.pairs);
  const folder = await Deno.makeTempDir();
  try {
    using kv = await Deno.openKv(join(folder, "kv"));
    const answers = { text: () => Promise.resolve("") };
    const cache = createSemanticCache({
      kv,
      // Nothing is judged here.
      log: { append: () => Promise.reject(new Error("Nothing is judged")) },
      newId: () => "",
      answers,
      now: Date.now,
      random: Math.random,
    });
    const stored = [...new Set(pairs.map(({ a }) => a))].slice(0, Number(values.entries));
    for (const text of stored) {
      const lookup = await cache.lookup(ask(text));
      if (lookup.kind === "call") {
        await cache.settle({ ...lookup.ticket, wouldHit: null }, { answerRef: "r", text: "" });
      }
    }
    const times: number[] = [];
    for (const { b } of pairs.slice(0, Number(values.lookups))) {
      const started = performance.now();
      await cache.lookup(ask(b));
      times.push(performance.now() - started);
    }
    times.sort((x, y) => x - y);
    const at = (share: number) => (times[Math.floor(share * times.length)] ?? 0).toFixed(2);
    say(
      `${stored.length} entries: lookup p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms`,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  return 0;
}

// deno-lint-ignore no-console -- a command line's output
if (import.meta.main) Deno.exit(await main(Deno.args, console.log));
