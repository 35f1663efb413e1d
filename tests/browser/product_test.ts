/**
 * The whole product as a user meets it: started by its command, filled by the demo, opened in Chromium.
 * Figures change while real calls go through the gateway.
 */
import { expect } from "expect";
import { simulatedProviders } from "@/tools/demo/start_product.ts";
import { serveSimulator } from "@/tools/simulator/serve.ts";
import { startProduct } from "../fixtures/product.ts";
import { hasChromium, withBrowser } from "./chromium.ts";
import { barriers, desk, looks, moved, overflow, picture, pixels, sight } from "./sight.ts";
import { call, figure, runDemo, signIn } from "./use_product.ts";

const ignore = !hasChromium();
const wait = { timeout: 120_000 };

Deno.test({ name: "from the first call to the demo's figures, in Chromium", ignore }, async (t) => {
  const simulator = serveSimulator();
  const product = await startProduct({ env: simulatedProviders(simulator.url) });
  try {
    await withBrowser(async (browser) => {
      const { page, context, complaints } = await sight(browser, desk);

      await t.step(
        "the landing page leads to the sign-in page, and that to the dashboard",
        async () => {
          await page.goto(product.url);
          await page.getByRole("heading", { level: 1 }).waitFor();
          await page.getByRole("link", { name: "Sign in" }).first().click();
          await signIn(page, product);
          await page.getByText("Waiting for your first call").waitFor();
          expect(await page.locator(".code:visible").textContent()).toContain(`${product.url}/v1`);
          await picture(page, "product-first-call", desk);
        },
      );

      await t.step("the first call is on the page within seconds, without a reload", async () => {
        await call(product);
        await page.locator('[data-figure="requests"] .value[title="1"]').waitFor(wait);
        expect(await page.locator('[data-figure="spend"] .value').textContent()).toMatch(/^\$0\.0/);
      });

      await t.step("the demo's month is there, and the chart changes as calls arrive", async () => {
        await runDemo(product);
        await page.goto(`${product.url}/dashboard?range=30d`);
        await page.locator(".plot.drawn").first().waitFor();
        expect(await figure(page, "requests")).toBeGreaterThan(1_000);
        await page.goto(`${product.url}/dashboard?range=1h`);
        await page.locator(".plot.drawn").first().waitFor();
        const before = await figure(page, "requests");
        const drawn = await pixels(page, "section[aria-labelledby=requests-chart-title] canvas");
        await Promise.all(Array.from({ length: 12 }, () => call(product)));
        await page.waitForFunction(
          (count) => {
            const value = document.querySelector('[data-figure="requests"] .value');
            return Number(value?.getAttribute("title")?.replaceAll(",", "")) >= count;
          },
          before + 12,
          wait,
        );
        expect(await pixels(page, "section[aria-labelledby=requests-chart-title] canvas")).not.toBe(
          drawn,
        );
        expect(await moved(page)).toEqual([]);
      });

      expect(complaints).toEqual([]);
      const cookies = await context.cookies();
      await context.close();

      await t.step("it stands in every width and look", async () => {
        for (const look of looks) {
          const seen = await sight(browser, look);
          await seen.context.addCookies(cookies);
          await seen.page.goto(`${product.url}/dashboard?range=7d`);
          await seen.page.locator(".plot.drawn").first().waitFor();
          expect(await barriers(seen.page)).toEqual([]);
          expect(await overflow(seen.page)).toBeLessThanOrEqual(0);
          expect(await moved(seen.page)).toEqual([]);
          expect(seen.complaints).toEqual([]);
          await picture(seen.page, "product-overview", look);
          await seen.context.close();
        }
      });
    });
  } finally {
    await product.stop();
    await simulator.close();
  }
});
