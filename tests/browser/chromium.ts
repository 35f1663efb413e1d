/**
 * A Chromium for the browser checks, started for one test and closed after it. Everything that a
 * page complains of is kept: console errors, uncaught errors, violations of its content policy.
 */
import { type Browser, chromium, type Page } from "playwright-core";

const EXECUTABLE = "/usr/bin/chromium";
/** A busy machine is slow, not wrong. */
const PATIENCE_MS = 120_000;

const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Whether the browser is there; says so when it is not. */
export function hasChromium(): boolean {
  try {
    return Deno.statSync(EXECUTABLE).isFile;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    // deno-lint-ignore no-console -- tells the reader of the log why nothing is checked
    console.log(`skipped: there is no ${EXECUTABLE}`);
    return false;
  }
}

/** A page and what it complained of so far. */
export interface WatchedPage {
  page: Page;
  complaints: string[];
}

/** Runs `use` with a browser that is closed afterwards. */
export async function withBrowser(use: (browser: Browser) => Promise<void>): Promise<void> {
  const browser = await chromium.launch({
    executablePath: EXECUTABLE,
    args: ARGS,
    timeout: PATIENCE_MS,
  });
  try {
    await use(browser);
  } finally {
    await browser.close();
  }
}

/** Opens a page and listens for complaints. */
export async function watchedPage(browser: Browser): Promise<WatchedPage> {
  const page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") {
      complaints.push(`${message.type()}: ${message.text()}`);
    }
  });
  page.on("pageerror", (error) => complaints.push(`uncaught: ${error.message}`));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      // deno-lint-ignore no-console -- it runs in the page, whose console is what is read
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
    });
  });
  return { page, complaints };
}
