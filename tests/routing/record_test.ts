/** Routed calls from the gateway through the log into ClickHouse, and back out of the API's reading. */
import { expect } from "expect";
import { createClickHouseProjection } from "@/consumers/clickhouse/projection.ts";
import { prove } from "@/consumers/proof.ts";
import { registerConsumer } from "@/consumers/registry.ts";
import { drain } from "@/consumers/run.ts";
import { createAnalytics } from "@/core/analytics/analytics.ts";
import { noProjectPrices } from "@/core/pricing/project_price.ts";
import { testLog } from "@/tests/consumers/log.ts";
import { useClickHouse } from "@/tests/fixtures/clickhouse.ts";
import { answers, ask, fails, runRouted, scripted } from "./fixture.ts";

const clickhouse = useClickHouse();
const claude = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "claude-sonnet-4-5-20250929",
  content: [{ type: "text", text: "Hello" }],
  stop_reason: "end_turn",
  usage: { input_tokens: 10, output_tokens: 5 },
};

Deno.test("a routed call says in its decisions how it went, and counts once", async () => {
  await using db = await clickhouse.database();
  await using log = await testLog();
  await using openai = await scripted(fails(503), fails(429, { "retry-after": "90" }));
  await using anthropic = await scripted(answers(claude));
  await using running = runRouted({
    route: {
      strategy: { mode: "fallback" },
      retry: { attempts: 2 },
      targets: [
        { provider: "openai" },
        { provider: "nobody" },
        { name: "backup", provider: "anthropic", override_params: { model: "claude-sonnet-4-5" } },
      ],
    },
    upstreams: { openai: openai.url, anthropic: anthropic.url },
    options: { ports: { log: log.writer, prices: () => noProjectPrices } },
  });
  const response = await ask(running, {}, { model: "gpt-4o", seed: 7, messages: [] });
  expect(response.status).toBe(200);
  await response.text();
  const id = response.headers.get("x-watchllm-event-id") ?? "";

  await registerConsumer(log.kv, { projection: "clickhouse", generation: 1, state: "active" }, 0);
  await drain({
    kv: log.kv,
    reader: log.reader,
    projectionOf: ({ generation }) =>
      createClickHouseProjection({
        store: db.store,
        generation,
        logGeneration: log.reader.generation,
      }),
  }, new AbortController().signal);

  const analytics = createAnalytics(db.store);
  const detail = await analytics.event("p1", id, {});
  const decisions = detail?.decisions.filter(({ about }) =>
    /route|translation|attempt/.test(about)
  );
  expect(decisions).toMatchObject([
    {
      about: "route",
      decision: "backup, targets[2], fallback",
      because:
        "It stands at place 3 of the fallback. Declared by the project's settings. nobody could not be asked (provider_unknown: nobody).",
    },
    {
      about: "translation",
      decision: "openai-chat to anthropic",
      because: expect.stringContaining("Left out: seed. Anthropic samples without a seed"),
    },
    {
      about: "attempt",
      attempt: {
        number: 1,
        provider: "openai",
        target: "openai",
        status: 503,
        next_because: "Retry 1 of 2 after 503.",
        cost_usd: null,
      },
    },
    { about: "attempt", attempt: { number: 2, status: 429, waited_ms: 0 } },
    {
      about: "attempt",
      because: "After 429. It stands at place 3 of the fallback.",
      attempt: {
        number: 3,
        provider: "anthropic",
        target: "backup",
        status: 200,
        next_because: null,
      },
    },
  ]);
  const range = { from: "2000-01-01T00:00:00.000Z", to: "2100-01-01T00:00:00.000Z" };
  const { stats } = await analytics.stats("p1", { range });
  expect(stats).toMatchObject({
    total_requests: 1,
    total_tokens_input: 10,
    total_tokens_output: 5,
  });
  const proof = await prove({ kv: log.kv, reader: log.reader, store: db.store });
  expect(proof).toMatchObject({ complete: true, total: { appended: 4, projected: 1, skipped: 3 } });
});
