/**
 * `deno task pictures`: takes the pictures of the landing page and of the README from a WatchLLM that
 * runs with the demo's data.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { type Browser, chromium, type Locator, type Page } from "playwright-core";
import { exitCode } from "./refusal.ts";

const help = `Takes the pictures of the landing page and of the README.

Usage: deno task pictures <sign-in link>

  --chromium <path>  the browser (/usr/bin/chromium)
  --help             this text

Start WatchLLM, run the demo to its end, and give the sign-in link that the start has printed.
`;

/** Of what is shown, in CSS pixels; a picture has half as many again. */
const overview = { width: 1280, height: 880 };
const part = { width: 1280, height: 960 };
const scale = 1.5;

const root = new URL("../", import.meta.url).pathname;

interface Shot {
  readonly name: string;
  /** The height of what is shown of the page's main part, beside its width. */
  readonly shape: number;
  /** Brings the page there. */
  open(page: Page, base: string): Promise<unknown>;
}

const shots: readonly Shot[] = [
  {
    name: "call",
    shape: 11 / 16,
    async open(page, base) {
      await page.goto(`${base}/dashboard/requests?range=7d&model=claude-sonnet-4-5&cost_min=0.002`);
      await page.goto(await linkOf(page.locator("table.requests tbody a")));
      await page.locator(".call-facts").waitFor();
    },
  },
  {
    name: "trace",
    shape: 1 / 2,
    async open(page, base) {
      await page.goto(`${base}/dashboard/traces?range=7d`);
      const links = await page.locator("tbody a", { hasText: "travel-planner" }).all();
      for (const address of await Promise.all(links.map(linkOf))) {
        await page.goto(address);
        if (await page.getByText("search_trains").count() > 0) break;
      }
    },
  },
  {
    name: "cache",
    shape: 11 / 16,
    open: (page, base) => page.goto(`${base}/dashboard/cache?range=30d`),
  },
];

/** Where the first link of a list leads: clicked, it would open a panel beside the list. */
async function linkOf(links: Locator): Promise<string> {
  const href = await links.first().getAttribute("href");
  if (!href) throw new Error(`${links} is no link`);
  const { pathname, origin, searchParams } = new URL(href, links.page().url());
  const call = searchParams.get("call");
  return call ? `${origin}/dashboard/requests/${call}` : origin + pathname;
}

async function signIn(browser: Browser, link: string) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(link);
  await page.getByRole("button").click();
  await page.waitForURL(/dashboard/);
  return await context.storageState();
}

async function takeAll(browser: Browser, link: string): Promise<void> {
  const base = new URL(link).origin;
  const storageState = await signIn(browser, link);
  for (const colorScheme of ["light", "dark"] as const) {
    const page = await browser.newPage({
      storageState,
      colorScheme,
      viewport: overview,
      deviceScaleFactor: scale,
    });
    await page.goto(`${base}/dashboard?range=7d`);
    await page.locator(".plot.drawn").first().waitFor();
    const path = `${root}static/images/overview-${colorScheme}.png`;
    await settled(page);
    await page.screenshot({ path });
    if (colorScheme === "light") await Deno.copyFile(path, `${root}docs/images/dashboard.png`);
    await page.setViewportSize(part);
    for (const { name, shape, open } of shots) {
      await open(page, base);
      await settled(page);
      const main = await page.locator("main").boundingBox();
      if (!main) throw new Error("The page has no main part");
      const height = Math.round(main.width * shape);
      await page.screenshot({
        path: `${root}static/images/${name}-${colorScheme}.png`,
        clip: { x: main.x, y: 0, width: main.width, height },
      });
    }
  }
}

/** Charts draw themselves in a moment; nothing says that they have. */
async function settled(page: Page): Promise<void> {
  await page.waitForLoadState("networkidle");
  await page.waitForTimeout(1_000);
}

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals: [link] } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { chromium: { type: "string" }, help: { type: "boolean" } },
  });
  if (values.help || !link) {
    say(help);
    return values.help ? 0 : 2;
  }
  if (!URL.canParse(link)) {
    say(`${link} is no link: give the one that the start has printed.`);
    return 2;
  }
  const browser = await chromium.launch({
    executablePath: values.chromium ?? "/usr/bin/chromium",
    args: ["--no-sandbox"],
  });
  try {
    await takeAll(browser, link);
  } finally {
    await browser.close();
  }
  return 0;
}

function say(line: string): void {
  // deno-lint-ignore no-console -- a command line tool talks to its caller
  console.log(line);
}

if (import.meta.main) {
  Deno.exit(await exitCode(() => main(Deno.args), "deno task pictures --help", say));
}
