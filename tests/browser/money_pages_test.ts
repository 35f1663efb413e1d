/**
 * Spend, cache and settings in the running product: without a call, with the demo's month, while
 * ClickHouse is away, in every width and look; and what people change there.
 */
import { expect } from "expect";
import type { Cookie, Page } from "playwright-core";
import { simulatedProviders } from "@/tools/demo/start_product.ts";
import { serveSimulator } from "@/tools/simulator/serve.ts";
import { useClickHouse } from "../fixtures/clickhouse.ts";
import { type Product, startProduct } from "../fixtures/product.ts";
import { hasChromium, withBrowser } from "./chromium.ts";
import { gateTo } from "./gate.ts";
import { desk, faults, type Look, none, picture, type Sight, sight } from "./sight.ts";
import { figure, runDemo, signIn } from "./use_product.ts";

const ignore = !hasChromium();
const wait = { timeout: 120_000 };
const clickhouse = useClickHouse();
const phone: Look = { width: 390, scheme: "dark" };

const settings = [
  "/keys",
  "/providers",
  "/prices",
  "/routing",
  "/cache",
  "/limits",
  "/retention",
  "/health",
]
  .map((path) => `/dashboard/settings${path}`);

/** A cacheable call that differs from others in a field alone that does not matter. */
async function callWith({ url, key }: Product, stamp: string): Promise<string | null> {
  const answer = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({
      model: "gpt-4o-mini",
      temperature: 0,
      messages: [{ role: "user", content: "Where is my order?" }],
      x_stamp: stamp,
    }),
  });
  await answer.text();
  return answer.headers.get("x-watchllm-cache");
}

Deno.test({ name: "spend, cache and settings, in Chromium", ignore }, async (t) => {
  const { url, user, password } = clickhouse.server;
  await using gate = gateTo(url);
  const simulator = serveSimulator();
  const product = await startProduct({
    env: {
      ...simulatedProviders(simulator.url),
      CLICKHOUSE_URL: gate.url,
      CLICKHOUSE_USER: user,
      CLICKHOUSE_PASSWORD: password,
    },
  });
  try {
    await withBrowser(async (browser) => {
      const first = await sight(browser, desk);
      await first.page.goto(`${product.url}/dashboard`);
      await signIn(first.page, product);
      const cookies: Cookie[] = await first.context.cookies();
      const open = async (path: string, look: Look = desk): Promise<Sight> => {
        const seen = await sight(browser, look);
        await seen.context.addCookies(cookies);
        await seen.page.goto(product.url + path);
        return seen;
      };
      const { page } = first;
      const visit = (path: string) => page.goto(product.url + path);

      await t.step("a project without a call says so and shows no figure", async () => {
        for (const path of ["spend", "cache"]) {
          const seen = await open(`/dashboard/${path}`);
          await seen.page.getByText("No calls in the last 24 hours.").waitFor(wait);
          expect(await seen.page.locator("[data-figure]").count()).toBe(0);
          expect(await faults(seen, `${path}-empty`, desk)).toEqual(none);
          await seen.context.close();
        }
        await visit("/dashboard/cache/entries");
        await page.getByText("No stored answers.").waitFor(wait);
      });

      await t.step("with the demo's month every page stands in both widths and looks", async () => {
        await runDemo(product);
        const pages = [
          ["spend", "/dashboard/spend?range=30d&target=openai/gpt-4o", ".plot.drawn"],
          ["spend-user", "/dashboard/spend/user?range=7d&order=requests", ".plot.drawn"],
          ["cache", "/dashboard/cache?range=7d", ".plot.drawn"],
          ...settings.map((path) => [path.slice(11).replace("/", "-"), path, ".card"]),
        ];
        for (const [name = "", path = "", stands = ""] of pages) {
          for (const look of name === "spend" ? [desk, phone] : [phone]) {
            const seen = await open(path, look);
            await seen.page.locator(stands).first().waitFor(wait);
            expect([name, await faults(seen, name, look)]).toEqual([name, none]);
            await seen.context.close();
          }
        }
      });

      await t.step(
        "spend adds up, is divided by any dimension and leads to its calls",
        async () => {
          await visit("/dashboard/spend?range=30d");
          expect(await figure(page, "unpriced")).toBeGreaterThan(0);
          expect(await page.locator('[data-figure="forecast"]').textContent()).toContain("≈ $");
          await page.getByRole("link", { name: "Provider", exact: true }).click();
          await page.waitForURL(/spend\/provider/);
          await page.getByRole("link", { name: "OpenAI" }).first().click();
          await page.waitForURL(/requests\?.*provider=openai/);
          await page.goto(`${product.url}/dashboard/spend/nothing`);
          await page.getByText("404").first().waitFor(wait);
        },
      );

      await t.step(
        "a field that breaks hits is ignored after a question, and hits come",
        async () => {
          for (const stamp of ["1", "2", "3"]) await callWith(product, stamp);
          await visit("/dashboard/cache?range=1h&every=5");
          const ask = page.getByRole("button", { name: "Ignore this field" });
          await ask.first().waitFor(wait);
          await ask.first().click();
          await page.getByRole("heading", { name: "Ignore x_stamp?" }).waitFor();
          await picture(page, "cache-ignore", desk);
          await page.getByRole("button", { name: "Ignore it" }).click();
          await page.getByText("ignored", { exact: true }).first().waitFor(wait);
          await callWith(product, "4");
          await until(async () => await callWith(product, crypto.randomUUID()) === "HIT");
        },
      );

      await t.step("a stored answer is found, explained and removed", async () => {
        await visit("/dashboard/cache/entries?search=order");
        await page.getByRole("button", { name: "Explain" }).first().click();
        await page.getByText("Why this answer is given").first().waitFor();
        await page.keyboard.press("Escape");
        const rows = page.locator("tbody tr");
        const before = await rows.count();
        await page.getByRole("button", { name: "Remove", exact: true }).first().click();
        await page.locator("dialog").getByRole("button", { name: "Remove" }).click();
        await page.getByText(/\d+ answers? removed\./).waitFor(wait);
        expect(await rows.count()).toBeLessThan(before);
      });

      await t.step("a key is shown once, works, and is revoked by typing", async () => {
        await visit("/dashboard/settings");
        await page.getByRole("button", { name: "Make a key" }).click();
        const key = await page.locator(".secret-once code").first().textContent() ?? "";
        expect(key).toMatch(/^wl_live_/);
        expect(await callWith({ ...product, key }, "5")).not.toBe(null);
        await page.locator("tr", { hasText: key.slice(8, 20) })
          .getByRole("button", { name: "Revoke" }).click();
        const act = page.getByRole("button", { name: "Revoke it" });
        expect(await act.isDisabled()).toBe(true);
        await page.locator("dialog input").fill(key.slice(8, 20));
        await act.click();
        await page.locator("tbody").getByText(/^revoked /).first().waitFor(wait);
      });

      await t.step("a provider's key shows its last four and nothing else", async () => {
        await visit("/dashboard/settings/providers");
        await page.getByLabel("API key").fill("sk-a-secret-of-many-digits-9876");
        await page.getByRole("button", { name: "Keep this key" }).click();
        await page.getByText("…9876").waitFor(wait);
        expect(await page.content()).not.toContain("sk-a-secret");
        await page.getByRole("button", { name: "Test", exact: true }).click();
        await page.getByText(/Accepted|refused|answer/i).first().waitFor(wait);
      });

      await t.step("a wrong price, limit or route is told at its field and not kept", async () => {
        await visit("/dashboard/settings/prices");
        await page.getByLabel(/^Model/).fill("gpt-4o");
        await page.getByLabel(/^Factor/).fill("cheap");
        await page.getByRole("button", { name: "Add this price" }).click();
        await page.locator("label", { hasText: "Factor" }).getByText(/must be a factor/).waitFor(
          wait,
        );
        await page.getByLabel(/^Factor/).fill("0.85");
        await page.getByRole("button", { name: "Add this price" }).click();
        await page.getByText("× 0.85 of the list's").waitFor(wait);

        await visit("/dashboard/settings/limits");
        await page.getByLabel("Name").fill("monthly");
        await page.getByLabel("How much").fill("-1");
        await page.getByRole("button", { name: "Add this limit" }).click();
        await page.locator("label", { hasText: "How much" }).getByText(/must be a decimal/)
          .waitFor(wait);
        await page.getByLabel("How much").fill("250.00");
        await page.getByRole("button", { name: "Add this limit" }).click();
        await page.getByText("$250.00 a month for the whole project").waitFor(wait);

        await visit("/dashboard/settings/routing");
        const text = page.getByLabel("Routing as JSON");
        await text.fill('{\n  "strategy": { "mode": "sideways" }\n}');
        await page.getByRole("button", { name: "Save" }).click();
        await page.getByText("strategy.mode").waitFor(wait);
        expect(await page.getByRole("alert").textContent()).toContain("line 2");
        await text.fill('{"strategy":{"mode":"fallback"},"targets":[{"provider":"openai"}]}');
        await page.getByText("Each call goes to openai.").waitFor(wait);
        await page.getByRole("button", { name: "Save" }).click();
        await page.getByText("Saved.").waitFor(wait);
      });

      await t.step("what somebody else changed meanwhile is not overwritten", async () => {
        await visit("/dashboard/settings/cache");
        const other = await open("/dashboard/settings/cache");
        for (const [one, ttl] of [[other.page, "60"], [page, "90"]] as [Page, string][]) {
          await one.getByLabel("Kept for, seconds").fill(ttl);
          await one.getByRole("button", { name: "Save" }).click();
          await one.getByText(ttl === "60" ? /^Saved\./ : /changed meanwhile/).waitFor(wait);
        }
        await other.context.close();
      });

      await t.step("while ClickHouse is away, no figure is shown and settings work", async () => {
        gate.shut();
        await visit("/dashboard/spend");
        await page.getByText("Figures cannot be read right now.").waitFor(wait);
        expect(await page.locator("[data-figure]").count()).toBe(0);
        await picture(page, "spend-away", desk);
        await visit("/dashboard/cache");
        await page.getByText("Figures cannot be read right now.").waitFor(wait);
        await page.getByRole("radio", { name: /^Shadow/ }).check();
        await picture(page, "cache-away", desk);
        for (const path of settings) {
          const answer = await visit(path);
          expect([path, answer?.status()]).toEqual([path, 200]);
        }
        await visit("/dashboard/settings/cache");
        expect(await page.getByLabel("Semantic cache").inputValue()).toBe("shadow");
        gate.open();
      });
      expect(first.complaints.filter((said) => !/status of (4|5)\d\d/.test(said))).toEqual([]);
    });
  } finally {
    gate.open();
    await product.stop();
    await simulator.close();
  }
});

/** Asks until it is so. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + wait.timeout;
  while (!await holds()) {
    if (Date.now() > end) throw new Error("It did not come to hold in time.");
    await new Promise((done) => setTimeout(done, 250));
  }
}
