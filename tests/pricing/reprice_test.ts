/** History priced again: calls through the real loop into a real ClickHouse, priced, compared, rebuilt. */
import { expect } from "expect";
import type { ClickHouseStore } from "@/clickhouse/client.ts";
import { createClickHouseProjection } from "@/consumers/clickhouse/projection.ts";
import { prove } from "@/consumers/proof.ts";
import { registerConsumer } from "@/consumers/registry.ts";
import { type ConsumerDeps, drain } from "@/consumers/run.ts";
import { createAnalytics } from "@/core/analytics/analytics.ts";
import type { CallData } from "@/core/event/call.ts";
import { projectPriceSchema } from "@/core/event/price.ts";
import { emptyBuckets, unknownUsage, type Usage, type UsageBuckets } from "@/core/event/usage.ts";
import { exact } from "@/core/analytics/settings.ts";
import { callCost } from "@/core/pricing/call_cost.ts";
import { noProjectPrices } from "@/core/pricing/project_price.ts";
import { createPriceBook } from "@/core/pricing/price_book.ts";
import { createRepriceBoard } from "@/core/pricing/reprice_board.ts";
import { call } from "@/tests/consumers/event.ts";
import { type TestLog, testLog } from "@/tests/consumers/log.ts";
import { rebuilt } from "@/tests/consumers/rebuilt.ts";
import { useClickHouse } from "@/tests/fixtures/clickhouse.ts";
import { readRepriceOrder, reprice, type RepriceCommandDeps } from "@/tools/reprice.ts";

const clickhouse = useClickHouse();
const never = new AbortController().signal;
const now = Date.UTC(2026, 4, 1);

async function consumersOf(log: TestLog, store: ClickHouseStore): Promise<ConsumerDeps> {
  await registerConsumer(log.kv, { projection: "clickhouse", generation: 1, state: "active" }, 0);
  return {
    kv: log.kv,
    reader: log.reader,
    projectionOf: ({ generation }) =>
      createClickHouseProjection({ store, generation, logGeneration: log.reader.generation }),
  };
}

interface Sent {
  readonly provider?: string;
  readonly model: string;
  readonly used: Partial<UsageBuckets>;
  readonly tier?: string;
  readonly data?: Partial<CallData>;
}

let ids = 0;
/** A call as the gateway records it. */
async function send(log: TestLog, project: string, at: string, sent: Sent): Promise<string> {
  const { provider = "openai", model, used, tier = null, data } = sent;
  const usage: Usage = {
    buckets: { ...emptyBuckets(), ...used },
    source: "provider",
    reported_total: null,
    consistent: true,
  };
  const id = `call-${++ids}`;
  const query = { provider, model, responseModel: null, at: new Date(at), tier };
  await log.writer.append(call({
    id,
    project,
    at,
    data: {
      provider,
      model,
      response_model: null,
      usage,
      cost: callCost("chat", usage, query, noProjectPrices),
      service_tier: tier,
      ...data,
    },
  }));
  return id;
}

function commandOf(log: TestLog, store: ClickHouseStore) {
  const said: string[] = [];
  const drawn: string[] = [];
  let made = 0;
  const newId = () => `made-${++made}`;
  const prices = createPriceBook({ kv: log.kv, log: log.writer, now: () => now, newId });
  const board = createRepriceBoard({ kv: log.kv, now: () => now });
  const deps: RepriceCommandDeps = {
    store,
    log: log.writer,
    prices,
    board,
    tick: () => new Promise((resolve) => setTimeout(resolve, 0)),
    newId,
    now: () => now,
    say: (line) => said.push(line),
    screen: { write: (text) => drawn.push(text), isTerminal: false },
    signal: never,
  };
  const run = async (...args: string[]) => {
    const order = readRepriceOrder(args, now);
    if (typeof order !== "string") return await reprice(deps, order);
    said.push(order);
    return 2;
  };
  return { said, drawn, prices, board, run };
}

async function cost(store: ClickHouseStore, project = "p"): Promise<[string, number]> {
  const range = { from: "2026-01-01T00:00:00.000Z", to: "2027-01-01T00:00:00.000Z" };
  const { stats } = await createAnalytics(store).stats(project, { range });
  return [stats.total_cost_usd, stats.unpriced_requests];
}

Deno.test("a negotiated price is applied to history, shown first, and a rebuild gives the same", async () => {
  await using db = await clickhouse.database();
  await using log = await testLog();
  const consumers = await consumersOf(log, db.store);
  const { said, drawn, prices, run } = commandOf(log, db.store);

  for (let n = 0; n < 20; n++) {
    await send(log, "p", `2026-03-${10 + n}T12:00:00.000Z`, {
      model: "gpt-4o",
      used: { input: 1_000, cache_read: 1_000, output: 100 },
    });
  }
  await send(log, "p", "2026-03-15T12:00:00.000Z", {
    model: "gpt-4o",
    used: { input: 1_000 },
    tier: "flex",
  });
  await send(log, "p", "2026-03-15T12:00:00.000Z", { model: "our-own", used: { input: 1_000 } });
  await send(log, "p", "2026-03-15T12:00:00.000Z", { model: "gpt-5", used: { input: 1_000 } });
  await send(log, "other", "2026-03-15T12:00:00.000Z", { model: "gpt-4o", used: { input: 1_000 } });
  await drain(consumers, never);
  // 20 × 0.00475 + 0.00125 (flex) + 0.00125 (gpt-5), and one unpriced
  expect(await cost(db.store)).toEqual(["0.0975", 1]);

  // From the 20th on: 20 % off; and a price for the model that no list knows.
  await prices.put("p", [
    projectPriceSchema.parse({
      provider: "openai",
      model: "gpt-4o",
      multiplier: "0.8",
      from: "2026-03-20T00:00:00.000Z",
    }),
    projectPriceSchema.parse({ provider: "openai", model: "our-own", usd: { input: "1" } }),
  ]);

  const appended = async () => {
    const proof = await prove({ kv: log.kv, reader: log.reader, store: db.store });
    return proof?.total.appended;
  };
  const before = await appended();
  expect(await run("--from", "2026-03-01", "--to", "2026-03-31", "--dry-run")).toBe(0);
  expect(await appended()).toBe(before);
  // 10 calls × 0.00475 × 0.2 = 0.0095 less
  expect(said).toEqual([
    "",
    "other: 1 call",
    "  1 model stays as before",
    "",
    "p: 23 calls",
    "  model           calls  changed    before USD  after USD  difference USD",
    "  openai/gpt-4o      21       10       0.09625    0.08675         -0.0095",
    "  openai/our-own      1        1  0 + 1 unpriced      0.001           0.001",
    "  1 model stays as before",
    "11 calls would get another cost. Nothing was changed.",
  ].map((line) => expect.stringMatching(pattern(line))));
  expect(drawn.join("")).toContain("Pricing p 23 calls");

  expect(await run("--from", "2026-03-01", "--project", "p", "--reason", "Contract 7")).toBe(0);
  expect(said.at(-1)).toContain("Another cost for 11 calls");
  expect(await appended()).toBe((before ?? 0) + 11);
  await drain(consumers, never);
  expect(await cost(db.store)).toEqual(["0.089", 0]);
  expect(await cost(db.store, "other")).toEqual(["0.0025", 0]);
  const [row] = await db.store.query<{ id: string }>(
    "SELECT event_id AS id FROM events WHERE model = 'our-own' LIMIT 1",
  );
  const detail = await createAnalytics(db.store).event("p", row?.id ?? "");
  expect(detail?.cost_breakdown).toMatchObject({
    usd: "0.001",
    price: { source: "project", version: expect.stringMatching(/\+p1$/), match: "overlay" },
    repriced: { at: "2026-05-01T00:00:00.000Z", reason: "Contract 7" },
  });
  expect(detail?.decisions.find(({ about }) => about === "price")?.because).toContain("Contract 7");

  // A second run finds nothing to do.
  expect(await run("--from", "2026-03-01")).toBe(0);
  expect(said.at(-1)).toBe("Every call has the cost that it would get now.");

  const outcome = await rebuilt(log, db.store);
  expect(outcome).toMatchObject({ ok: true, comparison: { differences: [] } });
  expect(await cost(db.store)).toEqual(["0.089", 0]);
});

/** A line of a table, whatever its columns' widths. */
function pattern(line: string): RegExp {
  const words = line.trim().split(/\s+/).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^\\s*${words.join("\\s+")}$`);
}

Deno.test("what a wrong price has counted is corrected from the stored buckets", async () => {
  await using db = await clickhouse.database();
  await using log = await testLog();
  const consumers = await consumersOf(log, db.store);
  const { run } = commandOf(log, db.store);
  const at = "2026-04-01T00:00:00.000Z";
  const wrong: CallData["cost"] = {
    usd: "9",
    lines: [],
    price: {
      source: "genai-prices",
      version: "0.1.7",
      provider: "anthropic",
      model: "claude-sonnet-4-5",
      match: "alias",
      // Before the answer's own word was kept, the price alone named the tier.
      tier: "batch long-context",
    },
  };
  await send(log, "p", at, {
    provider: "anthropic",
    model: "claude-sonnet-4-5",
    used: { input: 200_001, cache_write_1h: 1_000, output: 10, tool_requests: 2 },
    data: { cost: wrong, service_tier: null },
  });
  // The cache's answers and those of the free endpoints are left alone.
  await send(log, "p", at, {
    model: "gpt-4o",
    used: { input: 1 },
    data: { cache: "HIT", cost: wrong },
  });
  await send(log, "p", at, {
    model: "gpt-4o",
    used: {},
    data: {
      endpoint: "count_tokens",
      cost: {
        ...wrong,
        usd: "0",
        price: {
          ...wrong.price,
          source: "none",
          provider: null,
          model: null,
          match: "none",
          tier: "free",
        },
      },
    },
  });
  await drain(consumers, never);
  expect(await run("--from", "2026-04-01")).toBe(0);
  await drain(consumers, never);
  // 200,001 × 3 + 1,000 × 6 + 10 × 11.25 (batch, long) + 2 × 10,000, per million; and the cache's 9
  expect(await cost(db.store)).toEqual(["9.6261155", 0]);
});

Deno.test("the command says what is wrong with its arguments", async () => {
  await using db = await clickhouse.database();
  await using log = await testLog();
  const { said, run } = commandOf(log, db.store);
  expect(await run()).toBe(2);
  expect(said.at(-1)).toContain("--from is missing");
  expect(await run("--from", "yesterday")).toBe(2);
  expect(said.at(-1)).toContain("--from must be a date");
  expect(await run("--from", "2026-03-02", "--to", "2026-03-01")).toBe(2);
  expect(said.at(-1)).toContain("before --to");
  expect(await run("--from", "2026-03-02", "--reason", "")).toBe(2);
  expect(await run("--from", "2026-03-02")).toBe(0);
  expect(said.at(-1)).toBe("No calls in this range.");
});

Deno.test("failures are priced again by what is stored of them, as they would be recorded today", async () => {
  await using db = await clickhouse.database();
  await using log = await testLog();
  const consumers = await consumersOf(log, db.store);
  const { run } = commandOf(log, db.store);
  type Failure = [number | null, NonNullable<CallData["error"]>["origin"], string, string | null];
  const failures: Failure[] = [
    [429, "provider", "rate_limit_exceeded", "0"],
    [401, "gateway", "provider_key_missing", "0"],
    [502, "network", "upstream_refused", "0"],
    [400, "client", "client_closed", "0"],
    [500, "gateway", "internal", null],
    [502, "network", "upstream_broken", null],
    [504, "network", "upstream_timeout", null],
    [null, "client", "client_closed", null],
    [200, "provider", "overloaded_error", null],
  ];
  for (const [status_code, origin, code] of failures) {
    await send(log, "p", "2026-04-01T00:00:00.000Z", {
      model: "gpt-4o",
      used: {},
      data: {
        status_code,
        error: { origin, code, message: "" },
        usage: unknownUsage(),
        cost: callCost(
          "chat",
          unknownUsage(),
          {
            provider: "openai",
            model: "gpt-4o",
            responseModel: null,
            at: new Date("2026-04-01"),
            tier: null,
          },
          noProjectPrices,
        ),
      },
    });
  }
  await drain(consumers, never);
  expect(await cost(db.store)).toEqual(["0", failures.length]);
  expect(await run("--from", "2026-04-01")).toBe(0);
  await drain(consumers, never);
  const rows = await db.store.query<{ code: string; origin: string; cost: string | null }>(
    "SELECT error_code AS code, error_origin AS origin, toString(cost_usd) AS cost FROM events",
    {},
    { settings: exact },
  );
  const of = ([, origin, code, usd]: Failure) => `${origin} ${code} ${usd}`;
  expect(rows.map(({ origin, code, cost }) => `${origin} ${code} ${cost}`).sort())
    .toEqual(failures.map(of).sort());
  const told = await db.store.query<{ reason: string }>(
    "SELECT unpriced_reason AS reason FROM events WHERE error_code = 'provider_key_missing'",
    {},
    { settings: exact },
  );
  expect(told).toEqual([{ reason: "The call was never sent to a provider." }]);
  expect(await run("--from", "2026-04-01", "--dry-run")).toBe(0);
});

Deno.test("every process tells of the command's run, and it leaves another's alone", async () => {
  await using db = await clickhouse.database();
  await using log = await testLog();
  const command = commandOf(log, db.store);
  const args = ["--from", "2026-04-01", "--project", "p"];
  expect(await command.run(...args, "--dry-run")).toBe(0);
  expect(await command.board.read("p")).toBeNull();
  expect(await command.run(...args)).toBe(0);
  const done = { phase: "done" as const, date_from: "2026-04-01T00:00:00.000Z", changed: 0 };
  const run = await command.board.read("p");
  expect(run).toMatchObject(done);

  if (!run) throw new Error("It was read");
  await command.board.claim("p", "another", { ...run, phase: "running" });
  expect(await command.run(...args)).toBe(1);
  expect(command.said.at(-1)).toBe("p: its calls are being priced again already.");
});
