/**
 * More than three hundred hostile calls, each opened as a page and seen in the list: nothing runs,
 * nothing leaves, nothing breaks the layout, and what is exported is text to a spreadsheet.
 */
import { expect } from "expect";
import type { Page } from "playwright-core";
import { csvLine } from "@/core/analytics/csv.ts";
import { rowOf } from "@/tests/pages/sample_calls.ts";
import { ready, type World } from "@/tests/pages/sample_services.ts";
import { hasChromium, withBrowser } from "../chromium.ts";
import { withPages } from "../open_pages.ts";
import { desk, overflow, picture } from "../sight.ts";
import { hostileCalls } from "./cases.ts";

const ignore = !hasChromium();

function hostileWorld(): World {
  const world = ready();
  world.calls = hostileCalls(Date.now());
  return world;
}

Deno.test("there are more than three hundred cases", () => {
  expect(hostileWorld().calls.length).toBeGreaterThan(300);
});

Deno.test(
  { name: "every hostile call can be opened, and nothing of it runs", ignore },
  async () => {
    const world = hostileWorld();
    await withBrowser((browser) =>
      withPages(browser, world, async (pages) => {
        for (const width of [1280, 390] as const) {
          const { page, complaints } = await pages.signedIn({ width, scheme: "light" });
          const left = strangersOf(page, pages.url);
          // A phone sees each attack once; a desk sees it in every place.
          const calls = width === 1280 ? world.calls : world.calls.filter((_, at) => at % 9 === 0);
          for (const { id } of calls) {
            await page.goto(`${pages.url}/dashboard/requests/${id}`, { waitUntil: "load" });
            expect({ id, ...await stateOf(page) }).toEqual({ id, ...unharmed });
          }
          expect(complaints).toEqual([]);
          expect(left).toEqual([]);
        }
      })
    );
  },
);

Deno.test(
  { name: "a list of hostile calls holds its layout, and so does its panel", ignore },
  async () => {
    const world = hostileWorld();
    await withBrowser((browser) =>
      withPages(browser, world, async (pages) => {
        const { page, complaints } = await pages.signedIn();
        const left = strangersOf(page, pages.url);
        await page.goto(`${pages.url}/dashboard/requests?live=off`);
        for (let shown = 50; shown < world.calls.length; shown += 50) {
          await page.getByRole("link", { name: "Show older calls" }).click();
          await page.waitForFunction(
            (count) => document.querySelectorAll("tr:has([data-row])").length > count,
            shown,
          );
        }
        expect(await stateOf(page)).toEqual(unharmed);
        const heights = await page.evaluate(() =>
          [...document.querySelectorAll("table.requests tbody tr")].map((row) => row.clientHeight)
        );
        expect(heights).toHaveLength(world.calls.length);
        expect(Math.max(...heights)).toBeLessThanOrEqual(37);
        for (const id of ["hostile-names-2", "hostile-tools-15", "hostile-prompt-megabyte"]) {
          await page.locator(`[data-row][href*="/${id}?"], [data-row][href$="/${id}"]`).click();
          await page.locator(".side-panel .call-facts").waitFor();
          expect({ id, ...await stateOf(page) }).toEqual({ id, ...unharmed });
          await picture(page, `hostile-panel-${id}`, desk);
          await page.keyboard.press("Escape");
          await page.locator(".side-panel").waitFor({ state: "detached" });
        }
        expect(complaints).toEqual([]);
        expect(left).toEqual([]);
      })
    );
  },
);

Deno.test({ name: "hostile filters in the address are shown as text", ignore }, async () => {
  const world = hostileWorld();
  await withBrowser((browser) =>
    withPages(browser, world, async (pages) => {
      const { page, complaints } = await pages.signedIn();
      for (const [at, call] of world.calls.entries()) {
        if (at % 7 !== 0 || !call.preview) continue;
        const text = call.preview.slice(0, 190);
        const params = new URLSearchParams({ model: text, [`property.${text}`]: text, q: text });
        for (const path of ["/dashboard", "/dashboard/requests"]) {
          await page.goto(`${pages.url}${path}?live=off&${params}`);
          expect({ at, path, ...await stateOf(page) }).toEqual({ at, path, ...unharmed });
        }
        await page.goto(`${pages.url}/dashboard/requests?${new URLSearchParams({ filter: text })}`);
        expect({ at, ...await stateOf(page) }).toEqual({ at, ...unharmed });
      }
      expect(complaints).toEqual([]);
    })
  );
});

Deno.test("no field of an export begins like a formula", () => {
  for (const call of hostileWorld().calls) {
    const fields = fieldsOf(csvLine(rowOf(call)));
    expect(fields.filter((field) => /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/.test(field))).toEqual(
      [],
    );
  }
});

const unharmed = { ran: false, alone: true, hidden: false, wider: 0 };

/** Whether anything ran, framed, hid or widened the page. */
async function stateOf(page: Page) {
  const found = await page.evaluate(() => ({
    ran: Reflect.has(globalThis, "hostile"),
    alone: document.querySelectorAll("iframe, base, object, embed, meta[http-equiv]").length === 0,
    hidden: getComputedStyle(document.body).display === "none",
  }));
  return { ...found, wider: Math.max(0, await overflow(page)) };
}

/** Requests to elsewhere, as they happen. */
function strangersOf(page: Page, own: string): string[] {
  const left: string[] = [];
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(own) && !url.startsWith("data:")) left.push(url);
  });
  page.on("dialog", (dialog) => {
    left.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  return left;
}

function fieldsOf(line: string): string[] {
  return [...line.matchAll(/"((?:[^"]|"")*)"|([^,\r\n]+)/g)].map(([, quoted, plain]) =>
    quoted === undefined ? plain ?? "" : quoted.replaceAll('""', '"')
  );
}
