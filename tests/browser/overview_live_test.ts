/**
 * The overview while it is open: it follows the calls, says what is away, and can be read by keyboard.
 */
import { expect } from "expect";
import type { Page } from "playwright-core";
import { clickhouseAway, ready, untouched } from "@/tests/pages/sample_services.ts";
import { hasChromium, withBrowser } from "./chromium.ts";
import { withPages } from "./open_pages.ts";
import { desk, moved, picture, pixels } from "./sight.ts";

const ignore = !hasChromium();
const wait = { timeout: 120_000 };

Deno.test({ name: "figures and charts follow the calls, and nothing moves", ignore }, async () => {
  const world = ready();
  await withBrowser((browser) =>
    withPages(browser, world, async (pages) => {
      const { page, complaints } = await pages.signedIn();
      await page.goto(`${pages.url}/dashboard?every=5`);
      await page.locator(".plot.drawn").first().waitFor();
      const before = await pixels(page, "section[aria-labelledby=requests-chart-title] canvas");
      world.sample = { scale: 1.25 };
      await page.locator('[data-figure="requests"] .value[title="23,003"]').waitFor(wait);
      expect(await pixels(page, "section[aria-labelledby=requests-chart-title] canvas")).not.toBe(
        before,
      );
      expect(await moved(page)).toEqual([]);
      expect(complaints).toEqual([]);
    })
  );
});

Deno.test({ name: "a paused view and a hidden page ask for nothing", ignore }, async () => {
  await withBrowser((browser) =>
    withPages(browser, ready(), async (pages) => {
      const { page } = await pages.signedIn();
      await page.clock.install();
      await page.goto(`${pages.url}/dashboard?live=off`);
      await page.locator(".plot.drawn").first().waitFor();
      await page.clock.runFor(60_000);
      expect(pages.asked.get("/v1/analytics/overview")).toBeUndefined();
      await page.getByRole("button", { name: "Paused" }).click();
      await page.getByRole("link", { name: "Every 5 s" }).click();
      await page.locator(".live.on").waitFor();
      await page.locator(".plot.drawn").first().waitFor();
      const answered = page.waitForResponse(/\/v1\/analytics\/overview/);
      await page.clock.runFor(5_000);
      expect((await answered).status()).toBe(200);

      await setHidden(page, true);
      const before = pages.asked.get("/v1/analytics/overview");
      await page.clock.runFor(60_000);
      expect(pages.asked.get("/v1/analytics/overview")).toBe(before);
      const again = page.waitForResponse(/\/v1\/analytics\/overview/);
      await setHidden(page, false);
      expect((await again).status()).toBe(200);
    })
  );
});

Deno.test({ name: "the first call turns the page by itself", ignore }, async () => {
  const world = untouched();
  await withBrowser((browser) =>
    withPages(browser, world, async (pages) => {
      const { page, complaints } = await pages.signedIn();
      await page.goto(`${pages.url}/dashboard?every=5`);
      await page.getByText("Waiting for your first call").waitFor();
      await page.getByText("Anthropic", { exact: true }).click();
      world.readiness = { ...world.readiness, firstCallSeen: true };
      world.sample = { scale: 1 / 18_402 };
      await page.locator('[data-figure="requests"] .value[title="1"]').waitFor(wait);
      await page.locator(".plot.drawn").first().waitFor();
      expect(complaints).toEqual([]);
    })
  );
});

Deno.test(
  { name: "when ClickHouse goes, figures stay with a banner, and come back", ignore },
  async () => {
    const world = ready();
    await withBrowser((browser) =>
      withPages(browser, world, async (pages) => {
        const { page } = await pages.signedIn();
        await page.goto(`${pages.url}/dashboard?every=5`);
        await page.locator(".plot.drawn").first().waitFor();
        world.readiness = clickhouseAway().readiness;
        await page.getByText("1,284 events wait in the log").waitFor(wait);
        expect(await page.locator('[data-figure="spend"] .value').textContent()).toBe("$41.10");
        await picture(page, "clickhouse-gone", desk);
        world.readiness = ready().readiness;
        await page.locator(".notice").waitFor({ ...wait, state: "detached" });
      })
    );
  },
);

Deno.test({ name: "an ended session is said, with the way back in", ignore }, async () => {
  await withBrowser((browser) =>
    withPages(browser, ready(), async (pages) => {
      const { page } = await pages.signedIn();
      await page.goto(`${pages.url}/dashboard`);
      await page.locator(".plot.drawn").first().waitFor();
      await pages.endSessions();
      await page.getByRole("link", { name: "Sign in again" }).waitFor(wait);
    })
  );
});

Deno.test(
  { name: "buckets are read by arrow keys and by pointer, in all charts at once", ignore },
  async () => {
    await withBrowser((browser) =>
      withPages(browser, ready(), async (pages) => {
        const { page } = await pages.signedIn();
        await page.goto(`${pages.url}/dashboard?live=off`);
        await page.locator(".plot.drawn").first().waitFor();
        const slider = page.getByRole("slider", { name: "Requests and errors: time" });
        await slider.focus();
        await page.keyboard.press("Home");
        expect(await slider.getAttribute("aria-valuenow")).toBe("0");
        const first = await slider.getAttribute("data-bucket");
        expect(await slider.getAttribute("aria-valuetext")).toContain(`${first}: Succeeded `);
        expect(await page.locator(`[data-bucket="${first}"]`).count()).toBe(3);
        await page.keyboard.press("ArrowRight");
        expect(await slider.getAttribute("data-bucket")).not.toBe(first);
        await page.keyboard.press("Escape");
        expect(await page.locator("[data-bucket]").count()).toBe(0);
        await page.locator("section[aria-labelledby=spend-chart-title] canvas")
          .hover({ position: { x: 400, y: 60 } });
        await page.locator("[data-bucket]").first().waitFor();
        await picture(page, "overview-pointed", desk);
        expect(await moved(page)).toEqual([]);
        await slider.focus();
        await page.keyboard.press("End");
        await page.keyboard.press("Enter");
        await page.waitForURL(/\/dashboard\/requests\?.*from=/);
      })
    );
  },
);

Deno.test({ name: "the look changes at once, charts too, and is remembered", ignore }, async () => {
  await withBrowser((browser) =>
    withPages(browser, ready(), async (pages) => {
      const { page, complaints } = await pages.signedIn();
      await page.goto(`${pages.url}/dashboard?live=off`);
      await page.locator(".plot.drawn").first().waitFor();
      const light = await pixels(page, "section[aria-labelledby=requests-chart-title] canvas");
      const look = page.getByRole("button", { name: /^Look:/ });
      await look.click();
      await look.click();
      expect(await page.locator("html").getAttribute("data-theme")).toBe("dark");
      await page.waitForFunction(
        (before) =>
          document.querySelector<HTMLCanvasElement>(".plot canvas")?.toDataURL() !== before,
        light,
      );
      await page.reload();
      expect(await page.locator("html").getAttribute("data-theme")).toBe("dark");
      expect(complaints).toEqual([]);
    })
  );
});

Deno.test({ name: "without script the first figures and a chart are there", ignore }, async () => {
  await withBrowser((browser) =>
    withPages(browser, ready(), async (pages) => {
      const { page, context } = await pages.signedIn();
      await context.route("**/*.js", (route) => route.abort());
      await page.goto(`${pages.url}/dashboard`);
      expect(await page.locator('[data-figure="spend"] .value').textContent()).toBe("$41.10");
      expect(await page.locator(".still").first().isVisible()).toBe(true);
      await page.getByText("Show as a table").first().click();
      expect(await page.locator(".as-table").first().locator("tbody tr").count()).toBe(24);
      await picture(page, "overview-no-script", desk);
    })
  );
});

Deno.test({ name: "signing in and out by hand", ignore }, async () => {
  await withBrowser((browser) =>
    withPages(browser, ready(), async (pages) => {
      const { page } = await pages.stranger();
      await page.goto(`${pages.url}/dashboard?range=7d`);
      await page.getByLabel("Password").fill("not it");
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("alert").waitFor();
      await page.getByLabel("Password").fill("a password for tests");
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.waitForURL(`${pages.url}/dashboard?range=7d`);
      await page.getByRole("button", { name: "Sign out" }).click();
      await page.waitForURL(`${pages.url}/`);
      await page.goto(`${pages.url}/dashboard`);
      expect(new URL(page.url()).pathname).toBe("/sign-in");
    })
  );
});

/** As if the reader went to another tab, or came back. */
function setHidden(page: Page, hidden: boolean): Promise<void> {
  return page.evaluate((value) => {
    Object.defineProperty(document, "hidden", { value, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);
}
