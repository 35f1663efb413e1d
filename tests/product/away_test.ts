/**
 * The product before a ClickHouse that is not there yet.
 */
import { expect } from "expect";
import { useClickHouse } from "../fixtures/clickhouse.ts";
import { eventually } from "../fixtures/eventually.ts";
import { bootstrapKey, startProduct } from "../fixtures/product.ts";
import { serveSimulator } from "@/tools/simulator/serve.ts";

const clickhouse = useClickHouse();

Deno.test("a start before ClickHouse is there serves calls, keeps them, and projects them when it comes", async () => {
  await using db = await clickhouse.database({ migrated: false });
  const simulator = serveSimulator({ seed: 7 });
  // A port on which nobody listens, for now.
  const reserved = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = reserved.addr;
  reserved.close();
  const product = await startProduct({
    env: {
      CLICKHOUSE_URL: `http://127.0.0.1:${port}`,
      CLICKHOUSE_USER: db.options.user ?? "default",
      CLICKHOUSE_PASSWORD: db.options.password ?? "",
      CLICKHOUSE_DATABASE: db.options.database,
      WATCHLLM_UPSTREAM_OPENAI: `${simulator.url}/openai`,
      OPENAI_API_KEY: "sk-1",
    },
  });
  try {
    expect(product.output()).toContain("ClickHouse cannot be reached");
    const headers = {
      authorization: `Bearer ${bootstrapKey}`,
      "content-type": "application/json",
    };
    const ask = async () => {
      const response = await fetch(`${product.url}/v1/chat/completions`, {
        method: "POST",
        headers,
        body: JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "Hi" }] }),
      });
      await response.body?.cancel();
      expect(response.status).toBe(200);
      return response.headers.get("x-watchllm-event-id");
    };
    const ids = [await ask(), await ask()];
    const unready = await fetch(`${product.url}/readyz`);
    expect(unready.status).toBe(503);
    await unready.body?.cancel();

    const proxy = Deno.serve({ hostname: "127.0.0.1", port, onListen() {} }, (request) => {
      const { pathname, search } = new URL(request.url);
      return fetch(new URL(pathname + search, db.options.url), {
        method: request.method,
        headers: request.headers,
        body: request.body,
      });
    });
    try {
      const stored = await eventually(async () => {
        const response = await fetch(`${product.url}/v1/analytics/logs`, { headers });
        const body = await response.json();
        expect(response.status).toBe(200);
        expect(body.logs.length).toBe(2);
        return body.logs.map(({ event_id }: { event_id: string }) => event_id);
      }, 60_000);
      expect(stored.sort()).toEqual(ids.sort());
      expect(product.output()).toContain("clickhouse: reached");
    } finally {
      await product.stop();
      await proxy.shutdown();
    }
  } finally {
    await product.stop().catch(() => {});
    await simulator.close();
  }
});
