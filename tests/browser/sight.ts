/**
 * Looks at a page as a person would: with a width and a look, watching that nothing moves, overflows
 * or complains, and keeps a picture of it in `.artifacts/`.
 */
import axe from "axe-core";
import type { Browser, BrowserContext, Page } from "playwright-core";

export interface Look {
  readonly width: 1280 | 390;
  readonly scheme: "light" | "dark";
}

/** What most pictures are taken with. */
export const desk: Look = { width: 1280, scheme: "light" };

export const looks: readonly Look[] = [
  desk,
  { width: 1280, scheme: "dark" },
  { width: 390, scheme: "light" },
  { width: 390, scheme: "dark" },
];

export interface Sight {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Console errors, uncaught errors and policy violations so far. */
  readonly complaints: string[];
}

/** A busy machine is slow, not wrong: nothing fails earlier than this. */
export const patienceMs = 120_000;

/** A page of its own, in its own context; close the context afterwards. */
export async function sight(browser: Browser, look: Look = desk): Promise<Sight> {
  const context = await browser.newContext({
    viewport: { width: look.width, height: 900 },
    colorScheme: look.scheme,
    timezoneId: "Europe/Vienna",
  });
  context.setDefaultTimeout(patienceMs);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(`uncaught: ${error.message}`));
  await page.addInitScript(watchPage);
  return { page, context, complaints };
}

/**
 * The looks one after the other: each width has a page of its own, which is opened light, with nothing
 * kept, and then dark. What it shows is the caller's to load, each time.
 */
export async function* inEveryLook(
  open: (look: Look) => Promise<Sight>,
): AsyncGenerator<readonly [seen: Sight, look: Look]> {
  for (const width of [1280, 390] as const) {
    const seen = await open({ width, scheme: "light" });
    for (const scheme of ["light", "dark"] as const) {
      await seen.page.emulateMedia({ colorScheme: scheme });
      yield [seen, { width, scheme }];
    }
  }
}

/** Runs in the page, before anything else. */
function watchPage(): void {
  const seen: string[] = [];
  Reflect.set(globalThis, "seen", seen);
  document.addEventListener("securitypolicyviolation", (event) => {
    // deno-lint-ignore no-console -- this runs in the page, whose console is what is watched
    console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
  });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      // The library's types do not know the entry of this draft.
      const shift = entry as unknown as LayoutShift;
      // The score is told in three digits; an icon that settles by a pixel is below them.
      if (shift.hadRecentInput || shift.value < 0.0005) continue;
      const nodes = shift.sources.filter(({ node }) => !isNumberInCell(node)).map(({ node }) =>
        node instanceof Element ? node.outerHTML.slice(0, 120) : node?.textContent
      );
      if (nodes.length > 0) seen.push(`${shift.value}: ${nodes.join(" | ")}`);
    }
  }).observe({ type: "layout-shift", buffered: true });

  /** A number at the right of its cell begins further left when it gains a digit: nothing else moves. */
  function isNumberInCell(node: Node | null): boolean {
    return node instanceof Text && Boolean(node.parentElement?.closest("td.right"));
  }

  interface LayoutShift {
    readonly value: number;
    readonly hadRecentInput: boolean;
    readonly sources: readonly { readonly node: Node | null }[];
  }
}

/** What on the page has moved by itself, with Chromium's score. */
export function moved(page: Page): Promise<string[]> {
  return page.evaluate(() => Reflect.get(globalThis, "seen"));
}

/** By how many pixels the page is wider than its window. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
}

/** What axe finds that shuts people out: rule and element. */
export async function barriers(page: Page): Promise<string[]> {
  // By way of the debugger: the page's content policy lets no stranger's script in.
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    // The evaluation above has put it there.
    const { run } = Reflect.get(globalThis, "axe") as typeof axe;
    const { violations } = await run(document, { resultTypes: ["violations"] });
    return violations.map(({ id, impact, nodes }) => ({
      id,
      impact,
      elements: nodes.map(({ html }) => html.slice(0, 160)),
    }));
  });
  return found
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, elements }) => elements.map((html) => `${id}: ${html}`));
}

/** Keeps a picture of the whole page for whoever reviews the run. */
export async function picture(page: Page, name: string, look: Look): Promise<void> {
  const folder = new URL("../../.artifacts/pages/", import.meta.url).pathname;
  await Deno.mkdir(folder, { recursive: true });
  const path = `${folder}${name}-${look.width}-${look.scheme}.png`;
  await page.screenshot({ path, fullPage: true });
}

/** What is wrong with how a page stands; keeps a picture of it. */
export async function faults({ page, complaints }: Sight, name: string, look: Look) {
  const found = {
    barriers: await barriers(page),
    moved: await moved(page),
    wider: Math.max(0, await overflow(page)),
    complaints,
  };
  await picture(page, name, look);
  return found;
}

/** What `faults()` finds on a page that stands well. */
export const none = { barriers: [], moved: [], wider: 0, complaints: [] };

/** The pixels of a canvas as a short text: another text is another picture. */
export function pixels(page: Page, selector: string): Promise<string> {
  return page.locator(selector).evaluate((canvas) =>
    canvas instanceof HTMLCanvasElement ? canvas.toDataURL() : ""
  );
}
