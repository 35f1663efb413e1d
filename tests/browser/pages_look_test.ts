/**
 * Every page in every state, width and look: nothing complains, moves or overflows, and nobody is
 * shut out. Pictures are kept for the eye.
 */
import { expect } from "expect";
import {
  clickhouseAway,
  linkToken,
  project,
  ready,
  untouched,
  type World,
} from "@/tests/pages/sample_services.ts";
import { hasChromium, withBrowser } from "./chromium.ts";
import { withPages } from "./open_pages.ts";
import { barriers, faults, inEveryLook, type Look, none, overflow, picture } from "./sight.ts";

const ignore = !hasChromium();

interface View {
  readonly name: string;
  readonly path: string;
  readonly world: World;
  readonly signedIn: boolean;
  /** What is there when the page stands. */
  readonly stands: string;
}

const several = ready();
several.projects = [project("support-bot"), project("a project with a name that is much too long")];

const oneCall = ready();
oneCall.sample = {
  scale: 1 / 18_402,
  models: [{
    provider: "openai",
    model: `a-model-with-a-very-long-name-${"x".repeat(400)}`,
    request_count: 1,
    unpriced_requests: 0,
    total_cost_usd: "0.00317",
  }],
};

const rightToLeft = ready();
rightToLeft.projects = [project("דוגמה"), project("مشروع")];
rightToLeft.sample = {
  scale: 1,
  models: [{
    provider: "openai",
    model: "نموذج-4",
    request_count: 9,
    total_cost_usd: "1.5",
    unpriced_requests: 0,
  }],
};

const emptyRange = ready();
emptyRange.sample = { scale: 0 };

const rows = "table.requests tbody tr";
const firstCall = several.calls[0]?.id ?? "";
const drawn = ".plot.drawn";
const views: readonly View[] = [
  { name: "landing", path: "/", world: ready(), signedIn: false, stands: ".copy" },
  { name: "sign-in", path: "/sign-in", world: ready(), signedIn: false, stands: "form" },
  {
    name: "sign-in-link",
    path: `/sign-in?token=${linkToken}`,
    world: ready(),
    signedIn: false,
    stands: "form",
  },
  { name: "overview", path: "/dashboard", world: several, signedIn: true, stands: drawn },
  {
    name: "overview-30d",
    path: "/dashboard?range=30d",
    world: several,
    signedIn: true,
    stands: drawn,
  },
  { name: "one-call", path: "/dashboard?range=1h", world: oneCall, signedIn: true, stands: drawn },
  { name: "right-to-left", path: "/dashboard", world: rightToLeft, signedIn: true, stands: drawn },
  { name: "first-call", path: "/dashboard", world: untouched(), signedIn: true, stands: ".copy" },
  {
    name: "empty-range",
    path: "/dashboard?range=1h",
    world: emptyRange,
    signedIn: true,
    stands: ".empty",
  },
  {
    name: "overview-filtered",
    path: "/dashboard?model=gpt-4o&property.team=red&compare=off&from=2026-11-01&to=2026-11-03",
    world: several,
    signedIn: true,
    stands: drawn,
  },
  { name: "requests", path: "/dashboard/requests", world: several, signedIn: true, stands: rows },
  {
    name: "requests-filtered",
    path: "/dashboard/requests?status=error&model=gpt-4o&cost_min=0.01&q=refund",
    world: several,
    signedIn: true,
    stands: rows,
  },
  {
    name: "requests-panel",
    path: `/dashboard/requests?call=${firstCall}`,
    world: several,
    signedIn: true,
    stands: ".side-panel .message.answer",
  },
  {
    name: "requests-misread",
    path: "/dashboard/requests?filter=modle%3Agpt+cost%3Acheap",
    world: several,
    signedIn: true,
    stands: ".problems",
  },
  {
    name: "requests-empty",
    path: "/dashboard/requests?range=1h",
    world: untouched(),
    signedIn: true,
    stands: ".empty",
  },
  {
    name: "requests-away",
    path: "/dashboard/requests",
    world: clickhouseAway(),
    signedIn: true,
    stands: ".notice",
  },
  {
    name: "call",
    path: `/dashboard/requests/${firstCall}`,
    world: several,
    signedIn: true,
    stands: ".call-facts",
  },
  {
    name: "call-away",
    path: `/dashboard/requests/${firstCall}`,
    world: clickhouseAway(),
    signedIn: true,
    stands: ".notice",
  },
  {
    name: "clickhouse-away",
    path: "/dashboard",
    world: clickhouseAway(),
    signedIn: true,
    stands: ".notice",
  },
];

for (const view of views) {
  Deno.test({ name: `${view.name} stands in every width and look`, ignore }, async () => {
    await withBrowser((browser) =>
      withPages(browser, view.world, async (pages) => {
        const open = view.signedIn ? pages.signedIn : pages.stranger;
        for await (const [seen, look] of inEveryLook(open)) {
          await seen.page.goto(pages.url + view.path);
          await seen.page.locator(view.stands).first().waitFor();
          expect({ look, ...await faults(seen, view.name, look) }).toEqual({ look, ...none });
        }
      })
    );
  });
}

Deno.test({ name: "an error page stands in every width and look", ignore }, async () => {
  await withBrowser((browser) =>
    withPages(browser, ready(), async (pages) => {
      for await (const [{ page }, look] of inEveryLook(pages.stranger)) {
        const answer = await page.goto(`${pages.url}/${"nowhere".repeat(20)}`);
        expect(answer?.status()).toBe(404);
        expect(await overflow(page)).toBeLessThanOrEqual(0);
        expect(await barriers(page)).toEqual([]);
        await picture(page, "not-found", look);
      }
    })
  );
});

Deno.test({ name: "the menu of a phone opens without script", ignore }, async () => {
  await withBrowser(async (browser) => {
    await withPages(browser, several, async (pages) => {
      const look: Look = { width: 390, scheme: "light" };
      const { page } = await pages.signedIn(look);
      await page.route("**/*.js", (route) => route.abort());
      await page.goto(`${pages.url}/dashboard`);
      expect(await page.locator(".sidebar").isVisible()).toBe(false);
      await page.getByRole("button", { name: "Menu" }).click();
      expect(await page.locator(".sidebar").isVisible()).toBe(true);
      await picture(page, "menu", look);
      await page.getByRole("button", { name: /change project/ }).click();
      await page.getByRole("link", { name: "a project with a name" }).click();
      await page.waitForURL(/project=/);
      expect(await page.locator(".phone-bar").textContent()).toContain("a project with a name");
    });
  });
});
