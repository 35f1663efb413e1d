/**
 * The whole product while ClickHouse goes and comes back: calls go on, no figure is invented, and the
 * page catches up by itself.
 */
import { expect } from "expect";
import { simulatedProviders } from "@/tools/demo/start_product.ts";
import { serveSimulator } from "@/tools/simulator/serve.ts";
import { useClickHouse } from "../fixtures/clickhouse.ts";
import { startProduct } from "../fixtures/product.ts";
import { hasChromium, withBrowser } from "./chromium.ts";
import { gateTo } from "./gate.ts";
import { desk, picture, sight } from "./sight.ts";
import { call, signIn } from "./use_product.ts";

const ignore = !hasChromium();
const wait = { timeout: 120_000 };
const clickhouse = useClickHouse();

Deno.test({ name: "ClickHouse goes and comes back under an open dashboard", ignore }, async (t) => {
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
      const { page } = await sight(browser, desk);
      const requests = page.locator('[data-figure="requests"] .value');
      await call(product);
      await page.goto(`${product.url}/dashboard`);
      await signIn(page, product);
      await page.locator('[data-figure="requests"] .value[title="1"]').waitFor(wait);

      await t.step("the figures stay, with a banner that counts what waits", async () => {
        gate.shut();
        await Promise.all([call(product), call(product)]);
        await page.getByText("2 events wait in the log. Nothing is lost").waitFor(wait);
        expect(await requests.getAttribute("title")).toBe("1");
        await picture(page, "product-clickhouse-gone", desk);
      });

      await t.step("a page that is opened meanwhile shows no figure at all", async () => {
        await page.reload();
        await page.getByText("Figures cannot be read right now.").waitFor();
        expect(await page.locator("[data-figure]").count()).toBe(0);
        await picture(page, "product-clickhouse-away", desk);
      });

      await t.step("the page catches up by itself when it is back", async () => {
        gate.open();
        await page.locator('[data-figure="requests"] .value[title="3"]').waitFor(wait);
        await page.locator(".notice").waitFor({ ...wait, state: "detached" });
      });
    });
  } finally {
    await product.stop();
    await simulator.close();
  }
});
