/** Pages whose HTML comes in parts: what has been drawn stays where it is. */
import { expect } from "expect";
import { clickhouseAway, ready, untouched, type World } from "@/tests/pages/sample_services.ts";
import { hasChromium, withBrowser } from "./chromium.ts";
import { withPages } from "./open_pages.ts";
import { desk, type Look, moved } from "./sight.ts";
import { slowParts } from "./slow_parts.ts";

const ignore = !hasChromium();
const phone: Look = { width: 390, scheme: "light" };
const world = ready();
const firstCall = world.calls[0]?.id ?? "";
const emptyRange: World = untouched();

const pages: readonly (readonly [path: string, world: World])[] = [
  ["/dashboard", world],
  ["/dashboard", untouched()],
  ["/dashboard", clickhouseAway()],
  ["/dashboard?range=1h&model=nothing&compare=off", { ...ready(), sample: { scale: 0 } }],
  ["/dashboard?from=2026-11-01T08:15:00Z&to=2026-11-12T20:45:00Z", world],
  ["/dashboard?from=2026-11-12&to=2026-11-01", world],
  ["/dashboard/requests?status=error&model=gpt-4o", world],
  ["/dashboard/requests", emptyRange],
  [`/dashboard/requests/${firstCall}`, world],
  ["/dashboard/requests/nothing", clickhouseAway()],
  [`/dashboard/traces/${"a".repeat(32)}`, world],
  ["/dashboard/traces", emptyRange],
  ["/dashboard/sessions/s_7", world],
  ["/dashboard/users/u_81", world],
  ["/dashboard/models", world],
  ["/", world],
  ["/docs", world],
  ["/docs/dashboard", world],
  ["/sign-in", world],
  [`/${"nowhere".repeat(20)}`, world],
];

/** A word or an icon that settles by less than this is not seen. */
const smallest = 0.004;

/** Columns that fit their content grow with the rows: nothing outside of the table moves. */
function isSeen(shift: string): boolean {
  const [score = "", ...rest] = shift.split(": ");
  const nodes = rest.join(": ").split(" | ");
  return Number(score) >= smallest && !nodes.every((node) => /^<t[dh]\b/.test(node));
}

Deno.test({ name: "pages that come in parts do not move", ignore }, async (t) => {
  await withBrowser(async (browser) => {
    for (const [path, shown] of pages) {
      await t.step(path.slice(0, 60), () =>
        withPages(browser, shown, async (open) => {
          await using slow = slowParts(open.url);
          for (const look of [desk, phone]) {
            const isInside = path.startsWith("/dashboard");
            const { page } = await (isInside ? open.signedIn : open.stranger)(look);
            await page.goto(slow.url + path);
            await page.waitForLoadState("networkidle");
            const found = (await moved(page)).filter(isSeen);
            expect([look.width, found]).toEqual([look.width, []]);
          }
        }));
    }
  });
});
