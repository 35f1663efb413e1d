/** Each example as its reader runs it, against the whole product: what it has left is looked at. */
import { expect } from "expect";
import { join } from "node:path";
import { serveSimulator } from "@/tools/simulator/serve.ts";
import { eventually } from "../fixtures/eventually.ts";
import { type Product, startProduct } from "../fixtures/product.ts";
import { environmentWith, root, run, skip } from "../python/python.ts";

async function runExample(
  command: string,
  args: readonly string[],
  calls: number,
  names: readonly string[],
): Promise<void> {
  const simulator = serveSimulator({ seed: 7 });
  const product = await startProduct({
    env: {
      WATCHLLM_UPSTREAM_OPENAI: `${simulator.url}/openai`,
      OPENAI_API_KEY: "sk-unused",
    },
  });
  try {
    const { code, output } = await run(command, args, {
      NO_COLOR: "1",
      WATCHLLM_API_KEY: product.key,
      WATCHLLM_BASE_URL: product.url,
      OPENAI_API_KEY: "sk-unused",
      OPENAI_BASE_URL: `${simulator.url}/openai/v1`,
      PYTHONPATH: join(root, "sdk/python/src"),
    });
    expect({ code, output }).toMatchObject({ code: 0 });
    const id = /\/dashboard\/traces\/([0-9a-f]{32})/.exec(output)?.[1] ?? "";
    await eventually(async () => {
      const { stats } = await read(product, "/v1/analytics/stats");
      expect(stats).toMatchObject({ total_requests: calls, unpriced_requests: 0 });
      const trace = JSON.stringify(await read(product, `/v1/analytics/traces/${id}`));
      for (const name of names) expect(trace).toContain(name);
    });
  } finally {
    await product.stop();
    await simulator.close();
  }
}

// deno-lint-ignore no-explicit-any -- each route has its own shape
async function read({ url, key }: Product, path: string): Promise<any> {
  const response = await fetch(url + path, { headers: { authorization: `Bearer ${key}` } });
  const body = await response.json();
  expect({ path, status: response.status }).toEqual({ path, status: 200 });
  return body;
}

const deno = (name: string) => ["run", "-A", join(root, "examples", name, "main.ts")];

Deno.test("examples/agent: calls and tools are one trace", () =>
  runExample(Deno.execPath(), deno("agent"), 2, ["weather agent", "get_weather", "gpt-4o"]));

Deno.test("examples/opentelemetry: a span of a call is priced, a tool is a tool", () =>
  runExample(Deno.execPath(), deno("opentelemetry"), 1, [
    "answer invoice question",
    "find_invoice",
    "claude-sonnet-4-5",
  ]));

Deno.test("examples/ai_sdk: the AI SDK's own spans are priced calls of one trace", () =>
  runExample(Deno.execPath(), deno("ai_sdk"), 1, ["packing list", "gpt-4o"]));

Deno.test("examples/rag: retrieval and answer in Python are one trace", async () => {
  const python = await environmentWith(["openai", "anthropic"]);
  if (!python) return skip("examples/rag: PyPI cannot be reached");
  await runExample(python, [join(root, "examples/rag/main.py")], 3, [
    "support",
    "retrieve",
    "text-embedding-3-small",
  ]);
});
