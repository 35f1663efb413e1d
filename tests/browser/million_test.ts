/**
 * Every page over a million calls, in the running product with its embedded ClickHouse: nothing complains,
 * moves or overflows, nobody is shut out, and what one page says the others say, too.
 */
import { join } from "node:path";
import { expect } from "expect";
import type { Page } from "playwright-core";
import { callTables, copyCalls, rollUp, seedCalls } from "@/bench/seed.ts";
import { largeTrace, seedTrace } from "@/bench/seed_trace.ts";
import { createStore } from "@/clickhouse/client.ts";
import { startEmbedded } from "@/clickhouse/embedded/engine.ts";
import { migrate } from "@/clickhouse/migrate.ts";
import { firstProjectId } from "@/core/identity/projects.ts";
import { type Product, startProduct } from "../fixtures/product.ts";
import { hasChromium, withBrowser } from "./chromium.ts";
import { barriers, desk, type Look, moved, overflow, picture, type Sight, sight } from "./sight.ts";
import { figure, signIn } from "./use_product.ts";

const ignore = !hasChromium();
const wait = { timeout: 120_000 };
const million = 1_000_000;
/** Made one by one; the others are these with other ids, a little earlier. */
const made = 50_000;
const dayMs = 86_400_000;

/** A million calls of thirty days, their sums and a trace of five thousand spans. */
async function fill(dataDir: string, now: number): Promise<void> {
  const engine = await startEmbedded({ dataDir: join(dataDir, "clickhouse"), log: () => {} });
  const { url, user, password } = engine;
  const options = { url, user, password, database: "watchllm" };
  await migrate({ ...options, log: () => {} });
  const store = createStore(options);
  try {
    const project = firstProjectId;
    await seedCalls({ store, project, count: made, now });
    // Of the others no bodies are kept, as a project's retention may say.
    for (let copy = 1; copy < million / made; copy++) {
      await copyCalls(store, copy, callTables.filter((table) => table !== "event_bodies"));
    }
    await seedTrace(store, { project, spans: 5_000, now });
    const [stored] = await store.query<{ calls: string }>("SELECT count() AS calls FROM events");
    expect(stored).toEqual({ calls: String(million) });
    expect(await rollUp(store, now)).toBe(true);
  } finally {
    await store.close();
    await engine.stop();
  }
}

interface View {
  readonly path: string;
  /** What is there when the page stands. */
  readonly stands: string;
}

const list = ".rows.list";
const plot = ".plot.drawn";
const heading = "h1";

/** The pages that do not need to be looked up, of a range. */
function viewsOf(range: string): View[] {
  return [
    { path: `/dashboard?${range}`, stands: plot },
    { path: "/dashboard?range=24h", stands: plot },
    { path: `/dashboard/spend?${range}`, stands: plot },
    { path: `/dashboard/spend/user?${range}`, stands: plot },
    { path: `/dashboard/cache?${range}`, stands: plot },
    { path: `/dashboard/requests?${range}`, stands: "table.requests tbody tr" },
    {
      path: `/dashboard/requests?${range}&model=gpt-4o&status=error`,
      stands: "table.requests tbody tr",
    },
    { path: `/dashboard/requests?${range}&q=refund`, stands: "table.requests tbody tr" },
    { path: `/dashboard/traces?${range}`, stands: list },
    { path: `/dashboard/traces/${largeTrace}`, stands: ".tree-row" },
    { path: `/dashboard/sessions?${range}`, stands: list },
    { path: `/dashboard/users?${range}`, stands: list },
    { path: `/dashboard/models?${range}`, stands: list },
    ...["", "/providers", "/prices", "/routing", "/cache", "/limits", "/health"].map((path) => ({
      path: `/dashboard/settings${path}`,
      stands: heading,
    })),
  ];
}

/** Where the first row of a page leads. */
async function firstRow(page: Page): Promise<string> {
  const href = await page.locator("a[data-row]").first().getAttribute("href");
  return new URL(href ?? "", page.url()).pathname;
}

/** What the numbers in a text add up to: "3 exact, 1 semantic" is 4. */
function added(text: string | null): number {
  const numbers = (text?.match(/\d[\d,]*/g) ?? []).map((one) => Number(one.replaceAll(",", "")));
  return numbers.reduce((sum, one) => sum + one, 0);
}

/** What a column of a list adds up to, with all its digits. */
async function sumOf(page: Page, column: string): Promise<number> {
  return await page.locator(list).evaluate((table, column) => {
    const at = [...table.querySelectorAll("th")].findIndex((th) => th.textContent === column);
    const cells = [...table.querySelectorAll(`tbody td:nth-child(${at + 1}) [title]`)];
    const numbers = cells.map((cell) => Number(cell.getAttribute("title")?.replaceAll(",", "")));
    return numbers.reduce((sum, one) => sum + one, 0);
  }, column);
}

interface Looking {
  /** What all pages of a width are opened in, one after the other, as one reader would. */
  readonly seen: Sight;
  readonly width: Look["width"];
  /** Whether it is turned dark as well: colours are the same in every width. */
  readonly dark: boolean;
}

/** Opens a page in one width. */
async function lookAt(
  { url }: Product,
  { path, stands }: View,
  { seen: { page, complaints }, width, dark }: Looking,
): Promise<void> {
  const answer = await page.goto(url + path, wait);
  await page.locator(stands).first().waitFor(wait);
  const found = {
    status: answer?.status(),
    complaints,
    away: await page.locator(".notice.error:not(.call-failure)").count(),
    overflow: Math.max(0, await overflow(page)),
    barriers: await barriers(page),
    moved: await moved(page),
  };
  if (dark) await turnDark(page);
  const inTheDark = dark ? await barriers(page) : [];
  const scheme = dark ? "dark" : "light";
  await picture(page, `million${path.replace(/\W+/g, "-")}`, { width, scheme });
  if (dark) await page.emulateMedia({ colorScheme: "light" });
  expect({ path, width, ...found, inTheDark }).toEqual({
    path,
    width,
    status: 200,
    complaints: [],
    away: 0,
    overflow: 0,
    barriers: [],
    moved: [],
    inTheDark: [],
  });
}

async function turnDark(page: Page): Promise<void> {
  await page.emulateMedia({ colorScheme: "dark" });
  // Colours fade into one another: what is half way is not what people read.
  await page.evaluate(async () => {
    await Promise.allSettled(document.getAnimations().map(({ finished }) => finished));
  });
}

Deno.test({ name: "every page over a million calls, in Chromium", ignore }, async (t) => {
  const dataDir = await Deno.makeTempDir({ prefix: "watchllm-million-" });
  const now = Date.now();
  let product: Product | undefined;
  try {
    await fill(dataDir, now);
    const running = product = await startProduct({ dataDir });
    // Whole days, so that all pages mean the same range and no call falls out of it meanwhile.
    const day = (time: number) => new Date(time).toISOString().slice(0, 10);
    const range = `from=${day(now - 32 * dayMs)}&to=${day(now + dayMs)}`;
    await withBrowser(async (browser) => {
      const { page, context } = await sight(browser, desk);
      await page.goto(`${running.url}/dashboard`);
      await signIn(page, running);
      const cookies = await context.cookies();
      const open = async ({ path, stands }: View) => {
        await page.goto(running.url + path, wait);
        await page.locator(stands).first().waitFor(wait);
      };
      const title = async (id: string) =>
        await page.locator(`[data-figure="${id}"] .value`).getAttribute("title");
      const views = viewsOf(range);

      await t.step("what one page says, the others say", async () => {
        await open({ path: `/dashboard?${range}`, stands: plot });
        expect(await figure(page, "requests")).toBe(million);
        const shown = {
          spend: await title("spend"),
          saved: await title("saved"),
          hits: added(await title("hits")),
        };
        await open({ path: `/dashboard/spend?${range}`, stands: plot });
        expect([await title("spend"), await title("saved")]).toEqual([shown.spend, shown.saved]);
        await open({ path: `/dashboard/spend/user?${range}`, stands: plot });
        expect([await title("spend"), await title("saved")]).toEqual([shown.spend, shown.saved]);
        await open({ path: `/dashboard/cache?${range}`, stands: plot });
        expect(shown.hits).toBeGreaterThan(0);
        expect([added(await title("hits")), await title("saved")])
          .toEqual([shown.hits, shown.saved]);
        await open({ path: `/dashboard/requests?${range}`, stands: "table.requests tbody tr" });
        await page.locator('[title="1,000,000"]').first().waitFor(wait);
        await open({ path: `/dashboard/models?${range}`, stands: list });
        expect(await sumOf(page, "Calls")).toBe(million);
      });

      for (const path of ["traces", "sessions", "users", "requests"]) {
        const of = views.find((view) => view.path.startsWith(`/dashboard/${path}?`));
        if (!of) throw new Error(`There is a page of ${path}.`);
        await open(of);
        views.push({ path: await firstRow(page), stands: "h1" });
      }
      for (const [width, dark] of [[1280, true], [390, false]] as const) {
        const looks = dark ? "light and dark" : "light";
        await t.step(`${views.length} pages stand, ${width} wide, ${looks}`, async () => {
          const seen = await sight(browser, { width, scheme: "light" });
          await seen.context.addCookies(cookies);
          for (const view of views) await lookAt(running, view, { seen, width, dark });
          await seen.context.close();
        });
      }
      await context.close();
    });
  } finally {
    await product?.stop({ keepData: true });
    await Deno.remove(dataDir, { recursive: true });
  }
});
