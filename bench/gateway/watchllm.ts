/**
 * The whole product as `task start` brings it up, with strict durability: every call is committed before
 * its answer ends, and projected into the embedded ClickHouse meanwhile.
 *
 * @module
 */
import { startProduct } from "@/tests/fixtures/product.ts";
import { z } from "zod";
import { childrenOf } from "./process.ts";
import type { Target } from "./target.ts";

export interface WatchllmTarget extends Target {
  /** Seconds from the start of the process to its being ready. */
  readonly readySeconds: number;
  /** Events that the log holds, once all of them are projected. */
  projected(): Promise<number>;
}

const proofSchema = z.looseObject({
  complete: z.boolean(),
  total: z.looseObject({ appended: z.number() }),
});

export async function startWatchllm(upstreamPort: number): Promise<WatchllmTarget> {
  const dataDir = await Deno.makeTempDir({ prefix: "watchllm-bench-" });
  const env = {
    WATCHLLM_UPSTREAM_OPENAI: `http://127.0.0.1:${upstreamPort}`,
    OPENAI_API_KEY: "sk-bench",
    WATCHLLM_DURABILITY: "strict",
  };
  // Started twice: the first one fetches, migrates and builds what a warm start finds.
  await (await startProduct({ env, dataDir })).stop({ keepData: true });
  const begun = performance.now();
  const product = await startProduct({ env, dataDir });
  const readySeconds = (performance.now() - begun) / 1_000;
  const web = childrenOf(product.pid).find(({ command }) => / web /.test(command));
  if (!web) throw new Error("The web process was not found");
  async function projected(): Promise<number> {
    const deadline = Date.now() + 300_000;
    while (Date.now() < deadline) {
      const response = await fetch(`${product.url}/v1/log/proof`, {
        headers: { authorization: `Bearer ${product.key}` },
      });
      const proof = proofSchema.parse(await response.json());
      if (proof.complete) return proof.total.appended;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    throw new Error("The consumers have not caught up within five minutes");
  }
  return {
    name: "WatchLLM",
    port: Number(new URL(product.url).port),
    path: "/v1/chat/completions",
    headers: { authorization: `Bearer ${product.key}` },
    pid: web.pid,
    readySeconds,
    projected,
    settle: projected,
    stop: () => product.stop(),
  };
}
