/** Traces, sessions, users and models in every state, width and look; and a trace in use. */
import { expect } from "expect";
import { clickhouseAway, ready, untouched, type World } from "@/tests/pages/sample_services.ts";
import { largeTrace } from "@/tests/pages/sample_traces.ts";
import { eventually } from "@/tests/fixtures/eventually.ts";
import { hasChromium, withBrowser } from "./chromium.ts";
import { withPages } from "./open_pages.ts";
import { faults, inEveryLook, none } from "./sight.ts";

const ignore = !hasChromium();

const empty: World = untouched();
empty.sample = { scale: 0 };
const trace = `/dashboard/traces/${"a".repeat(32)}`;

const views: readonly {
  readonly name: string;
  readonly path: string;
  readonly world: World;
  readonly stands: string;
}[] = [
  { name: "traces", path: "/dashboard/traces", world: ready(), stands: ".rows.list" },
  { name: "traces-empty", path: "/dashboard/traces", world: empty, stands: ".empty" },
  { name: "traces-away", path: "/dashboard/traces", world: clickhouseAway(), stands: ".empty" },
  { name: "trace", path: trace, world: ready(), stands: ".tree-row" },
  { name: "trace-away", path: trace, world: clickhouseAway(), stands: ".empty" },
  { name: "sessions", path: "/dashboard/sessions", world: ready(), stands: ".rows.list" },
  { name: "session", path: "/dashboard/sessions/s_7", world: ready(), stands: ".facts-line" },
  { name: "users", path: "/dashboard/users", world: ready(), stands: ".rows.list" },
  { name: "user", path: "/dashboard/users/u_81", world: ready(), stands: ".rows.list" },
  { name: "models", path: "/dashboard/models", world: ready(), stands: ".rows.list" },
];

for (const { name, path, world, stands } of views) {
  Deno.test({ name: `${name} stands in every width and look`, ignore }, async () => {
    await withBrowser((browser) =>
      withPages(browser, world, async (pages) => {
        for await (const [seen, look] of inEveryLook(pages.signedIn)) {
          await seen.page.goto(pages.url + path);
          await seen.page.locator(stands).first().waitFor();
          expect({ look, ...await faults(seen, name, look) }).toEqual({ look, ...none });
        }
      })
    );
  });
}

Deno.test({
  name: "a trace of 5,000 spans draws what is seen, is walked by keys, closes, and is searched",
  ignore,
  fn: () =>
    withBrowser((browser) =>
      withPages(browser, ready(), async (pages) => {
        const { page, complaints } = await pages.signedIn();
        await page.goto(`${pages.url}/dashboard/traces/${largeTrace}`);
        const rows = page.locator(".tree-row");
        // With script, only what fits the screen is there.
        await eventually(async () => expect(await rows.count()).toBeLessThan(120));
        await page.locator(".tree-row").first().focus();
        await page.keyboard.press("End");
        await page.getByRole("treeitem", { name: /work 454\.9/ }).waitFor();
        await page.keyboard.press("Home");
        await page.keyboard.press("ArrowLeft");
        await eventually(async () => expect(await rows.count()).toBe(1));
        await page.keyboard.press("ArrowRight");
        await page.getByRole("treeitem", { name: /step 0/ }).waitFor();
        await page.getByRole("searchbox", { name: "Find a span" }).fill("work 300.7");
        await eventually(async () => expect(await rows.count()).toBe(3));
        expect(complaints).toEqual([]);
      })
    ),
});

Deno.test({
  name: "a row of a trace opens what is behind it, and Escape returns to the row",
  ignore,
  fn: () =>
    withBrowser((browser) =>
      withPages(browser, ready(), async (pages) => {
        const { page } = await pages.signedIn();
        await page.goto(pages.url + trace);
        const focused = () => page.evaluate(() => document.activeElement?.id ?? "");
        // Until the script is there, keys do nothing.
        await eventually(async () => {
          await page.locator("#span-0").focus();
          await page.keyboard.press("j");
          expect(await focused()).toBe("span-1");
        });
        await page.keyboard.press("j");
        await eventually(async () => expect(await focused()).toBe("span-2"));
        await page.keyboard.press("Enter");
        await page.locator(".side-panel").waitFor();
        // The address leads to the same span again.
        expect(new URL(page.url()).searchParams.get("span")).toBeTruthy();
        await page.reload();
        await page.locator(".side-panel").waitFor();
        expect(await page.locator("#span-2").getAttribute("aria-selected")).toBe("true");
        await eventually(async () => {
          await page.keyboard.press("Escape");
          expect(await page.locator(".side-panel").count()).toBe(0);
        });
        await eventually(async () => expect(await focused()).toBe("span-2"));
      })
    ),
});

Deno.test({
  name: "a column of times is as wide for times of today as for those of other days",
  ignore,
  fn: () =>
    withBrowser((browser) =>
      withPages(browser, ready(), async (pages) => {
        const { page } = await pages.signedIn();
        await page.goto(`${pages.url}/dashboard/traces`);
        const widthWith = (text: string) =>
          page.locator(".rows.list").evaluate((list, text) => {
            for (const time of list.querySelectorAll("td > time")) time.textContent = text;
            return list.querySelector("th:has(+ th + th)")?.nextElementSibling?.clientWidth;
          }, text);
        expect(await widthWith("23:50:11")).toBe(await widthWith("23 Sept, 23:50"));
      })
    ),
});
