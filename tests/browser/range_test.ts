/** A range of one's own: chosen in the viewer's zone, by keyboard, on a phone, and without script. */
import { expect } from "expect";
import type { Page } from "playwright-core";
import { ready } from "@/tests/pages/sample_services.ts";
import { hasChromium, withBrowser } from "./chromium.ts";
import { type OpenPages, withPages } from "./open_pages.ts";
import { barriers, type Look, looks, moved, overflow, picture, type Sight } from "./sight.ts";

const ignore = !hasChromium();
const phone: Look = { width: 390, scheme: "light" };

function range(name: string, use: (pages: OpenPages) => Promise<void>): void {
  Deno.test({
    name,
    ignore,
    fn: () => withBrowser((browser) => withPages(browser, ready(), use)),
  });
}

const button = (page: Page) => page.getByRole("button", { name: /^Time range/ });
const form = (page: Page) => page.locator("form.custom-range");

/** The menu, open and alive: until the script is there, times are UTC. */
async function opened({ page }: Sight): Promise<void> {
  await form(page).getByText("In Europe/Vienna.").waitFor({ state: "attached" });
  await button(page).click();
  await form(page).waitFor();
}

async function fill(page: Page, fields: Readonly<Record<string, string>>): Promise<void> {
  for (const [label, value] of Object.entries(fields)) {
    await form(page).getByLabel(label).fill(value);
  }
}

range("days are chosen in the viewer's zone and stand in the address in UTC", async (pages) => {
  const seen = await pages.signedIn();
  const { page, complaints } = seen;
  await page.goto(`${pages.url}/dashboard?model=gpt-4o&compare=off`);
  await opened(seen);
  await fill(page, { "From, day": "2026-11-01", "To, day": "2026-11-03" });
  await form(page).getByRole("button", { name: "Show this range" }).click();
  await page.waitForURL(/from=/);
  const { searchParams } = new URL(page.url());
  expect(Object.fromEntries(searchParams)).toEqual({
    compare: "off",
    model: "gpt-4o",
    from: "2026-10-31T23:00:00Z",
    to: "2026-11-03T23:00:00Z",
  });
  await button(page).getByText("1 Nov to 3 Nov 2026").waitFor();
  await opened(seen);
  expect(await form(page).getByLabel("From, day").inputValue()).toBe("2026-11-01");
  expect(await form(page).getByLabel("From, time").inputValue()).toBe("");
  expect(await form(page).getByLabel("To, day").inputValue()).toBe("2026-11-03");
  expect(await moved(page)).toEqual([]);
  await page.getByRole("link", { name: "Last 7 days" }).click();
  await page.waitForURL((url) => url.searchParams.get("range") === "7d");
  expect(new URL(page.url()).searchParams.has("from")).toBe(false);
  expect(complaints).toEqual([]);
});

range("a range is chosen by keyboard alone, and a wrong one is refused in words", async (pages) => {
  const seen = await pages.signedIn();
  const { page } = seen;
  await page.goto(`${pages.url}/dashboard/requests`);
  await form(page).getByText("In Europe/Vienna.").waitFor({ state: "attached" });
  await button(page).focus();
  await page.keyboard.press("Enter");
  const from = form(page).getByLabel("From, day");
  // Past the periods, to the first part of the first field.
  for (let steps = 0; steps < 12 && !await isFocused(from); steps++) {
    await page.keyboard.press("Tab");
  }
  expect(await isFocused(from)).toBe(true);
  await fill(page, {
    "From, day": "2026-11-03",
    "From, time": "18:00",
    "To, day": "2026-11-03",
    "To, time": "09:30",
  });
  await page.keyboard.press("Enter");
  const alert = form(page).getByRole("alert");
  expect(await alert.textContent()).toBe("The end must be later than the beginning.");
  expect(page.url()).toBe(`${pages.url}/dashboard/requests`);
  const to = form(page).getByLabel("To, day");
  expect(await to.getAttribute("aria-invalid")).toBe("true");
  expect(await to.getAttribute("aria-describedby")).toBe(await alert.getAttribute("id"));
  expect(await isFocused(to)).toBe(true);
  await fill(page, { "To, time": "19:30" });
  await page.keyboard.press("Enter");
  await page.waitForURL(/from=2026-11-03T17%3A00%3A00Z&to=2026-11-03T18%3A30%3A00Z/);
  await button(page).getByText("3 Nov, 18:00 to 19:30").waitFor();
});

const isFocused = (field: ReturnType<Page["locator"]>) =>
  field.evaluate((element) => element === document.activeElement);

range("without script days and times are UTC, and a wrong range says so", async (pages) => {
  const { page } = await pages.signedIn(phone);
  await page.route("**/*.js", (route) => route.abort());
  await page.goto(`${pages.url}/dashboard?range=7d&model=gpt-4o`);
  await button(page).click();
  expect(await form(page).textContent()).toContain("In UTC.");
  await fill(page, { "From, day": "2026-11-01", "From, time": "08:30", "To, day": "2026-11-02" });
  await form(page).getByRole("button", { name: "Show this range" }).click();
  await page.waitForURL((url) => url.searchParams.has("from") && !url.searchParams.has("to_time"));
  const { searchParams } = new URL(page.url());
  expect(Object.fromEntries(searchParams)).toEqual({
    model: "gpt-4o",
    from: "2026-11-01T08:30Z",
    to: "2026-11-02",
  });
  expect(await button(page).textContent()).toContain("1 Nov, 08:30 to 3 Nov, 00:00 UTC");
  await button(page).click();
  await fill(page, { "To, day": "2026-10-20" });
  await form(page).getByRole("button", { name: "Show this range" }).click();
  await page.locator(".notice").getByText("The range ends before it begins.").waitFor();
  expect(await button(page).textContent()).toContain("Last 24 hours");
  await button(page).click();
  expect(await form(page).getByLabel("To, day").inputValue()).toBe("2026-10-20");
});

range("the open menu stands in every width and look", async (pages) => {
  for (const look of looks) {
    const seen = await pages.signedIn(look);
    const { page, complaints } = seen;
    await page.goto(
      `${pages.url}/dashboard?from=2026-11-01T08:15:00Z&to=2026-11-12T20:45:00Z`,
    );
    await page.locator(".plot.drawn").first().waitFor();
    await opened(seen);
    const found = {
      look,
      complaints,
      wider: Math.max(0, await overflow(page)),
      barriers: await barriers(page),
      moved: await moved(page),
    };
    await picture(page, "range-menu", look);
    const box = await page.locator("#range-menu").boundingBox();
    expect(box && box.x >= 0 && box.x + box.width <= look.width).toBe(true);
    expect(found).toEqual({ look, complaints: [], wider: 0, barriers: [], moved: [] });
  }
});
