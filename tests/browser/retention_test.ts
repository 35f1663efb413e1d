/** Retention in the running product: what would go, the question, what is gone, and what pages say of it. */
import { expect } from "expect";
import { join } from "node:path";
import { createStore } from "@/clickhouse/client.ts";
import { openLog } from "@/core/log/open.ts";
import { createLogReader } from "@/core/log/reader.ts";
import { createLogWriter } from "@/core/log/writer.ts";
import { retentionOf } from "@/tools/retention_parts.ts";
import { useClickHouse } from "../fixtures/clickhouse.ts";
import { type Product, startProduct } from "../fixtures/product.ts";
import { hasChromium, withBrowser } from "./chromium.ts";
import { gateTo } from "./gate.ts";
import { barriers, desk, type Look, looks, overflow, picture, sight } from "./sight.ts";
import { signIn } from "./use_product.ts";

const ignore = !hasChromium();
const wait = { timeout: 120_000 };
const clickhouse = useClickHouse();
const day = 86_400_000;

/** Calls as a client tells of them, so many days ago. */
async function record({ url, key }: Product, ages: readonly number[]): Promise<void> {
  const events = ages.map((age, n) => ({
    type: "prompt_call",
    event_id: `call-${n}`,
    model: "gpt-4o-mini",
    provider: "openai",
    timestamp: new Date(Date.now() - age * day).toISOString(),
    tokens_input: 100,
    tokens_output: 20,
    prompt: `Question ${n}`,
    response: `Answer ${n}`,
  }));
  const answer = await fetch(`${url}/v1/events/batch`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ events }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${answer.status}: ${text}`);
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + wait.timeout;
  while (!await isSo()) {
    if (performance.now() > deadline) throw new Error("It has not come to pass");
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function total({ url, key }: Product): Promise<number> {
  const answer = await fetch(
    `${url}/v1/analytics/logs?limit=1&date_from=2020-01-01T00:00:00.000Z`,
    { headers: { authorization: `Bearer ${key}` } },
  );
  return (await answer.json()).total;
}

Deno.test({ name: "retention, in Chromium", ignore }, async (t) => {
  const { url, user, password } = clickhouse.server;
  await using gate = gateTo(url);
  const database = `retention_${crypto.randomUUID().replaceAll("-", "")}`;
  const product = await startProduct({
    env: {
      CLICKHOUSE_URL: gate.url,
      CLICKHOUSE_USER: user,
      CLICKHOUSE_PASSWORD: password,
      CLICKHOUSE_DATABASE: database,
    },
  });
  /** What the consumers process does every ten minutes, now. */
  const look = async () => {
    const kv = await Deno.openKv(join(product.dataDir, "log.sqlite3"));
    const log = await openLog({ write: kv, read: kv });
    const writer = createLogWriter({ kv, ...log });
    const store = createStore({ url, user, password, database });
    const reader = createLogReader({ kv, ...log });
    const looked = await retentionOf({ kv, reader, log: writer, store })(
      new AbortController().signal,
    );
    await writer.close();
    await store.close();
    kv.close();
    return looked;
  };
  try {
    await record(product, [100, 41, 40, 10, 1, 0.1]);
    await until(async () => await total(product) === 6);
    await withBrowser(async (browser) => {
      const { page, context, complaints } = await sight(browser, desk);
      await page.goto(`${product.url}/dashboard`);
      await signIn(page, product);
      const open = async (path: string, look: Look) => {
        const seen = await sight(browser, look);
        await seen.context.addCookies(await context.cookies());
        await seen.page.goto(product.url + path);
        return seen;
      };
      const settings = "/dashboard/settings/retention";

      await t.step(
        "what would go is counted, and refused values are told at their field",
        async () => {
          await page.goto(product.url + settings);
          await page.getByText("Nothing was taken away yet.").waitFor(wait);
          await picture(page, "retention-first", desk);
          await page.getByLabel("Keep calls, traces and scores").selectOption("30");
          await page.getByRole("button", { name: "Count what would go" }).click();
          await page.getByText(/^3 calls from before/).waitFor(wait);
          await page.getByText(/^Prompts and answers of 3 calls/).waitFor(wait);
          await page.getByLabel("Keep prompts and answers").selectOption("90");
          await page.getByRole("button", { name: "Save" }).click();
          await page.getByText(/must be at most calls_days/).first().waitFor(wait);
          await page.getByLabel("Keep prompts and answers").selectOption("other");
          await page.getByLabel("Keep prompts and answers, days").fill("5");
        },
      );

      await t.step(
        "saving asks first, by the keyboard alone, and keeps what was decided",
        async () => {
          await page.getByRole("button", { name: "Save" }).focus();
          await page.keyboard.press("Enter");
          await page.getByRole("heading", { name: "Remove what is older?" }).waitFor(wait);
          expect(await barriers(page)).toEqual([]);
          await picture(page, "retention-question", desk);
          await page.keyboard.press("Escape");
          await page.getByRole("heading", { name: "Remove what is older?" }).waitFor({
            state: "detached",
          });
          await page.getByRole("button", { name: "Save" }).click();
          await page.getByLabel(/^Type/).fill("remove");
          await page.keyboard.press("Enter");
          await page.getByText("version 1").waitFor(wait);
          expect(await page.getByLabel("Keep calls, traces and scores").inputValue()).toBe("30");
        },
      );

      await t.step("what is older goes; sums have it still, and pages say so", async () => {
        await until(async () => {
          await look();
          return await total(product) === 3;
        });
        const dayOf = (age: number) => new Date(Date.now() - age * day).toISOString().slice(0, 10);
        await page.goto(
          `${product.url}/dashboard/spend?from=${dayOf(120)}&to=${dayOf(-1)}`,
        );
        await page.getByText(/were removed by retention\. Sums by model/).waitFor(wait);
        await picture(page, "retention-spend", desk);
        await page.goto(`${product.url}/dashboard/spend?range=7d`);
        expect(await page.getByText(/were removed by retention/).count()).toBe(0);
        await page.goto(product.url + settings);
        await page.getByText(/^Calls, traces and scores from before/).waitFor(wait);
        for (const each of looks) {
          const seen = await open(settings, each);
          await seen.page.getByRole("cell", { name: "3", exact: true }).first().waitFor(wait);
          expect(await barriers(seen.page)).toEqual([]);
          expect(await overflow(seen.page)).toBe(0);
          await picture(seen.page, "retention", each);
          expect(seen.complaints).toEqual([]);
          await seen.context.close();
        }
        await page.goto(`${product.url}/dashboard/requests/call-3`);
        await page.getByText(/were removed by retention/).waitFor(wait);
        await picture(page, "retention-call", desk);
        const answer = await page.request.get(
          `${product.url}/v1/analytics/stats?date_from=2020-01-01T00:00:00.000Z`,
          { headers: { authorization: `Bearer ${product.key}` } },
        );
        expect((await answer.json()).stats.total_requests).toBe(6);
      });

      await t.step("while ClickHouse is away the page stands and nothing is invented", async () => {
        gate.shut();
        await page.goto(product.url + settings);
        await page.getByText(/what was taken away cannot be counted now/).waitFor(wait);
        await page.getByRole("button", { name: "Count what would go" }).click();
        await page.locator(".form-foot .error-text").waitFor(wait);
        await picture(page, "retention-away", desk);
        gate.open();
      });
      expect(complaints.filter((one) => !/status of (400|503)/.test(one))).toEqual([]);
    });
  } finally {
    await product.stop();
  }
});
