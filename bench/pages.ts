/**
 * Pages in a real Chromium: when their largest part is painted, how far anything moves, what their
 * scripts weigh.
 *
 * @module
 */
import { gzipSync } from "node:zlib";
import { chromium, type Page } from "playwright-core";
import { percentile } from "./analytics.ts";
import { rareWord } from "./seeded_calls.ts";
import { largeTrace } from "./seed_trace.ts";
import type { BenchTable } from "./table.ts";

export interface PagesBenchOptions {
  readonly url: string;
  readonly password: string;
  readonly rounds: number;
  readonly log: (line: string) => void;
}

const executablePath = "/usr/bin/chromium";

interface Visit {
  readonly path: string;
  /** Milliseconds that 95 of 100 answers of the server may take. */
  readonly goal?: number;
}

const month = "range=30d";
const visits: readonly Visit[] = [
  { path: "/" },
  { path: "/docs" },
  { path: "/dashboard", goal: 300 },
  { path: `/dashboard?${month}`, goal: 300 },
  { path: `/dashboard/spend?${month}` },
  { path: `/dashboard/spend/user?${month}` },
  { path: `/dashboard/cache?${month}` },
  { path: "/dashboard/requests" },
  { path: `/dashboard/requests?${month}&model=gpt-4o&status=error`, goal: 250 },
  { path: `/dashboard/requests?${month}&q=${rareWord}`, goal: 1_000 },
  { path: `/dashboard/requests?${month}&q=refund+invoice`, goal: 1_000 },
  { path: `/dashboard/traces?${month}` },
  { path: `/dashboard/sessions?${month}` },
  { path: `/dashboard/users?${month}` },
  { path: `/dashboard/models?${month}` },
  { path: `/dashboard/traces/${largeTrace}` },
  { path: "/dashboard/settings/keys" },
];

/** Null when there is no Chromium. */
export async function benchPages(options: PagesBenchOptions): Promise<BenchTable | null> {
  const { url, password, rounds, log } = options;
  const isThere = await Deno.stat(executablePath).then(({ isFile }) => isFile, () => false);
  if (!isThere) return null;
  const browser = await chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-gpu"],
  });
  try {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    await page.goto(`${url}/sign-in`);
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL(/\/dashboard/);
    const rows: string[][] = [];
    for (const { path, goal } of visits) {
      log(`page ${path}`);
      const seen: Sight[] = [];
      for (let round = 0; round < rounds; round++) seen.push(await look(page, url + path));
      const [first] = seen;
      if (!first) continue;
      rows.push([
        path,
        String(first.status),
        percentile(seen.map(({ serverMs }) => serverMs), 0.5),
        percentile(seen.map(({ serverMs }) => serverMs), 0.95),
        goal === undefined ? "" : String(goal),
        percentile(seen.map(({ paintedMs }) => paintedMs), 0.5),
        percentile(seen.map(({ paintedMs }) => paintedMs), 0.95),
        Math.max(...seen.map(({ shift }) => shift)).toFixed(3),
        (first.scriptBytes / 1_000).toFixed(1),
      ]);
    }
    log("a large trace");
    const trace: number[] = [];
    for (let round = 0; round < rounds; round++) trace.push(await untilKeysWork(page, url));
    return {
      title: "Pages over the same calls, in Chromium",
      columns: [
        "page",
        "status",
        "server p50 ms",
        "server p95 ms",
        "goal",
        "LCP p50 ms",
        "LCP p95 ms",
        "layout shift",
        "script kB gzip",
      ],
      rows,
      notes: [
        `${rounds} visits each on localhost, 1280 × 900, signed in. Goals: LCP 1,000 ms, shift 0, script 120 kB.`,
        "Scripts are all that the page loads within a second, compressed here as a server in front would.",
        `A trace of 5,000 spans is walked by keys ${
          percentile(trace, 0.5)
        } ms after it was asked for, ` +
        `p95 ${percentile(trace, 0.95)} ms. Goal: 1,000 ms.`,
      ],
    };
  } finally {
    await browser.close();
  }
}

/** Milliseconds from asking for the trace until a key moves from its first row to the second. */
async function untilKeysWork(page: Page, url: string): Promise<number> {
  await page.goto("about:blank");
  await page.goto(`${url}/dashboard/traces/${largeTrace}`, { waitUntil: "commit" });
  return await page.evaluate(() =>
    new Promise<number>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error("The trace does not take keys.")), 30_000);
      const look = () => {
        document.getElementById("span-0")?.focus();
        document.activeElement?.dispatchEvent(
          new KeyboardEvent("keydown", { key: "j", bubbles: true, cancelable: true }),
        );
        if (document.activeElement?.id === "span-1") {
          clearTimeout(late);
          resolve(performance.now());
        } else {
          requestAnimationFrame(look);
        }
      };
      look();
    })
  );
}

interface Sight {
  readonly status: number;
  readonly serverMs: number;
  readonly paintedMs: number;
  readonly shift: number;
  readonly scriptBytes: number;
}

async function look(page: Page, url: string): Promise<Sight> {
  let scriptBytes = 0;
  const bodies: Promise<void>[] = [];
  const weigh = (response: { url(): string; body(): Promise<Uint8Array> }) => {
    if (!new URL(response.url()).pathname.endsWith(".js")) return;
    bodies.push(
      response.body().then((body) => {
        scriptBytes += gzipSync(body).length;
      }, () => {}),
    );
  };
  page.on("response", weigh);
  await page.goto("about:blank");
  const answer = await page.goto(url, { waitUntil: "load" });
  const sight = await page.evaluate(async () => {
    const entries = (type: string) =>
      // deno-lint-ignore no-explicit-any -- entries that the types of the platform do not know yet
      new Promise<any[]>((resolve) => {
        const found: unknown[] = [];
        new PerformanceObserver((list) => found.push(...list.getEntries()))
          .observe({ type, buffered: true });
        setTimeout(() => resolve(found), 1_000);
      });
    const [paints, shifts] = await Promise.all([
      entries("largest-contentful-paint"),
      entries("layout-shift"),
    ]);
    // deno-lint-ignore no-explicit-any -- as above
    const [navigation] = performance.getEntriesByType("navigation") as any[];
    return {
      serverMs: navigation.responseStart - navigation.requestStart,
      paintedMs: paints.at(-1)?.startTime ?? NaN,
      shift: shifts.reduce((sum: number, { value }) => sum + value, 0),
    };
  });
  await Promise.all(bodies);
  page.off("response", weigh);
  return { status: answer?.status() ?? 0, ...sight, scriptBytes };
}
