/**
 * The requests while they are open: new calls wait until they are asked for, keys walk through rows, a
 * call opens beside them, views are saved, files come with their progress.
 */
import { expect } from "expect";
import { ready } from "@/tests/pages/sample_services.ts";
import { hasChromium, withBrowser } from "./chromium.ts";
import { withPages } from "./open_pages.ts";
import { barriers, desk, moved, picture } from "./sight.ts";

const ignore = !hasChromium();
const wait = { timeout: 120_000 };

Deno.test(
  { name: "new calls wait behind a button, and no row moves until it is pressed", ignore },
  async () => {
    const world = ready();
    await withBrowser((browser) =>
      withPages(browser, world, async (pages) => {
        const { page, complaints } = await pages.signedIn();
        await page.goto(`${pages.url}/dashboard/requests?every=5`);
        const first = page.locator("[data-row]").first();
        const before = await first.getAttribute("href");
        const added = Array.from({ length: 12 }, (_, index) => ({
          id: `01JD3G${String(20 - index).padStart(20, "0")}`,
          at: Date.now() + 10_000 - index,
          model: "o3",
        }));
        world.calls = [...added, ...world.calls];
        await page.getByRole("button", { name: "12 new" }).waitFor(wait);
        expect(await first.getAttribute("href")).toBe(before);
        expect(await page.getByText("152 calls").count()).toBe(1);
        await picture(page, "requests-new", desk);
        await page.getByRole("button", { name: "12 new" }).click();
        await page.locator(`[data-row][href*="${added[0]?.id}"]`).waitFor();
        expect(await page.locator("[data-row]").count()).toBe(62);
        expect(await page.locator(".new-rows").count()).toBe(0);
        expect(await moved(page)).toEqual([]);
        expect(complaints).toEqual([]);
      })
    );
  },
);

Deno.test({ name: "keys walk through rows, open a call and close it again", ignore }, async () => {
  const world = ready();
  await withBrowser((browser) =>
    withPages(browser, world, async (pages) => {
      const { page, complaints } = await pages.signedIn();
      await page.goto(`${pages.url}/dashboard/requests?live=off`);
      await page.locator(".grip").first().waitFor();
      const focused = () => page.evaluate(() => document.activeElement?.getAttribute("href"));
      await page.keyboard.press("j");
      await page.keyboard.press("j");
      const second = await focused();
      expect(second).toContain(world.calls[1]?.id);
      await page.keyboard.press("k");
      expect(await focused()).toContain(world.calls[0]?.id);
      await page.keyboard.press("Enter");
      await page.locator(".side-panel .message.answer").waitFor();
      expect(new URL(page.url()).searchParams.get("call")).toBe(world.calls[0]?.id);
      await page.keyboard.press("j");
      await page.keyboard.press("Enter");
      await page.waitForURL(new RegExp(`call=${world.calls[1]?.id}`));
      await page.keyboard.press("Escape");
      await page.locator(".side-panel").waitFor({ state: "detached" });
      expect(new URL(page.url()).searchParams.has("call")).toBe(false);
      expect(await focused()).toBe(second);
      await page.keyboard.press("/");
      await page.keyboard.type("error");
      await page.keyboard.press("Enter");
      await page.waitForURL(/status=error/);
      expect(complaints).toEqual([]);
    })
  );
});

Deno.test({ name: "going back closes the call that was opened, and no more", ignore }, async () => {
  const world = ready();
  await withBrowser((browser) =>
    withPages(browser, world, async (pages) => {
      const { page, complaints } = await pages.signedIn();
      await page.goto(`${pages.url}/dashboard/users?range=7d`);
      const list = `${pages.url}/dashboard/requests?range=7d&live=off`;
      await page.goto(list);
      await page.locator(".grip").first().waitFor();
      const rows = page.locator("[data-row]");
      const panel = page.locator(".side-panel");
      await rows.nth(0).click();
      await panel.waitFor();
      await page.keyboard.press("j");
      await page.keyboard.press("Enter");
      await page.waitForURL(new RegExp(`call=${world.calls[1]?.id}`));
      await page.goBack();
      await panel.waitFor({ state: "detached" });
      expect(page.url()).toBe(list);
      await page.goForward();
      await panel.waitFor();
      expect(page.url()).toContain(`call=${world.calls[1]?.id}`);
      await page.reload();
      await panel.waitFor();
      await page.getByRole("button", { name: "Close", exact: true }).click();
      await panel.waitFor({ state: "detached" });
      expect(page.url()).toBe(list);
      // A link to an open call has no list before it: what closes it takes it out of the address.
      await page.goto(`${list}&call=${world.calls[2]?.id}`);
      await page.locator(".side-panel .message.answer").waitFor();
      await page.keyboard.press("Escape");
      await panel.waitFor({ state: "detached" });
      expect(page.url()).toBe(list);
      await page.goBack();
      await page.goBack();
      await page.waitForURL(/users/);
      expect(complaints).toEqual([]);
    })
  );
});

Deno.test(
  { name: "the palette goes to pages and searches, the help shows the keys", ignore },
  async () => {
    await withBrowser((browser) =>
      withPages(browser, ready(), async (pages) => {
        const { page, complaints } = await pages.signedIn();
        await page.goto(`${pages.url}/dashboard/requests?live=off&range=7d`);
        await page.locator(".grip").first().waitFor();
        await page.keyboard.press("?");
        await page.getByRole("heading", { name: "Keys" }).waitFor();
        await picture(page, "key-help", desk);
        await page.keyboard.press("Escape");
        await page.keyboard.press("Control+k");
        await page.getByRole("combobox").fill("over");
        await picture(page, "palette", desk);
        await page.keyboard.press("Enter");
        await page.waitForURL(/\/dashboard\?range=7d&live=off$/);
        await page.locator(".plot.drawn").first().waitFor();
        // This page has no field of its own to search in: the palette searches everywhere.
        await page.keyboard.press("/");
        await page.getByRole("combobox").fill("reten");
        expect(await page.getByRole("option").first().textContent()).toContain("Retention");
        await page.getByRole("combobox").fill("refund policy");
        await page.keyboard.press("Enter");
        await page.waitForURL(/\/dashboard\/requests\?.*q=refund/);
        await page.locator(".grip").first().waitFor();
        await page.keyboard.press("[");
        await page.locator('.shell[data-sidebar="collapsed"]').waitFor();
        await page.reload();
        expect(await page.locator('.shell[data-sidebar="collapsed"]').count()).toBe(1);
        await picture(page, "sidebar-narrow", desk);
        // What made it narrow by a key is made wide by the mouse as well.
        await page.getByRole("button", { name: "Widen the sidebar" }).click();
        await page.locator('.shell[data-sidebar="open"]').waitFor();
        expect(complaints).toEqual([]);
      })
    );
  },
);

Deno.test({ name: "a view is saved, found again and removed", ignore }, async () => {
  await withBrowser((browser) =>
    withPages(browser, ready(), async (pages) => {
      const { page, complaints } = await pages.signedIn();
      await page.goto(`${pages.url}/dashboard/requests?live=off&status=error`);
      await page.locator(".grip").first().waitFor();
      await page.getByRole("button", { name: "Views" }).click();
      await page.getByLabel("Save these filters as").fill("Failed <b>");
      await page.getByRole("button", { name: "Save", exact: true }).click();
      await page.getByRole("link", { name: "Failed <b>" }).waitFor();
      await picture(page, "requests-views", desk);
      await page.goto(`${pages.url}/dashboard/requests?live=off`);
      await page.locator(".grip").first().waitFor();
      await page.getByRole("button", { name: "Views" }).click();
      await page.getByRole("link", { name: "Failed <b>" }).click();
      await page.waitForURL(/status=error/);
      await page.locator(".grip").first().waitFor();
      await page.getByRole("button", { name: "Views" }).click();
      await page.getByRole("button", { name: "Remove the view Failed <b>" }).click();
      await page.getByText("No saved views yet").waitFor();
      expect(complaints).toEqual([]);
    })
  );
});

Deno.test({ name: "an export comes as a file, with what it holds", ignore }, async () => {
  const world = ready();
  await withBrowser((browser) =>
    withPages(browser, world, async (pages) => {
      const { page, complaints } = await pages.signedIn();
      await page.goto(`${pages.url}/dashboard/requests?live=off`);
      await page.locator(".grip").first().waitFor();
      for (const [name, lines] of [["CSV", 141], ["JSON lines", 140]] as const) {
        await page.getByRole("button", { name: "Export" }).click();
        const coming = page.waitForEvent("download");
        await page.getByRole("link", { name }).click();
        const file = await (await coming).path();
        const text = await Deno.readTextFile(file);
        expect(text.trimEnd().split("\n")).toHaveLength(lines);
        await page.getByText("Saved: 140 calls").waitFor();
        await page.keyboard.press("Escape");
      }
      expect(complaints).toEqual([]);
    })
  );
});

Deno.test({ name: "columns are made wider, and stay so", ignore }, async () => {
  await withBrowser((browser) =>
    withPages(browser, ready(), async (pages) => {
      const { page } = await pages.signedIn();
      await page.goto(`${pages.url}/dashboard/requests?live=off`);
      const model = page.locator("table.requests th", { hasText: "Model" });
      await page.locator(".grip").first().waitFor();
      const width = async () => Math.round((await model.boundingBox())?.width ?? 0);
      const before = await width();
      const grip = await model.locator(".grip").boundingBox();
      if (!grip) throw new Error("The column has no grip");
      await page.mouse.move(grip.x + 3, grip.y + 5);
      await page.mouse.down();
      await page.mouse.move(grip.x + 63, grip.y + 5, { steps: 4 });
      await page.mouse.up();
      expect(await width()).toBe(before + 60);
      await page.reload();
      expect(await width()).toBe(before + 60);
      await page.locator(".grip").first().waitFor();
      await model.locator(".grip").dblclick();
      expect(await width()).toBe(before);
    })
  );
});

Deno.test({ name: "columns are made wider and narrower by key", ignore }, async () => {
  await withBrowser((browser) =>
    withPages(browser, ready(), async (pages) => {
      const { page, complaints } = await pages.signedIn();
      await page.goto(`${pages.url}/dashboard/requests?live=off`);
      const grip = page.getByRole("separator", { name: "Width of Model" });
      const now = async () => Number(await grip.getAttribute("aria-valuenow"));
      const cell = page.locator("table.requests th", { hasText: "Model" });
      const width = async () => Math.round((await cell.boundingBox())?.width ?? 0);
      const before = await width();
      expect(await now()).toBe(before);
      await grip.focus();
      for (const key of ["ArrowRight", "Shift+ArrowRight", "ArrowLeft"]) await grip.press(key);
      expect(await width()).toBe(before + 40);
      expect(await now()).toBe(before + 40);
      await grip.press("Home");
      expect(await now()).toBe(48);
      expect(await barriers(page)).toEqual([]);
      await page.reload();
      expect(await now()).toBe(48);
      await grip.press("Enter");
      expect(await width()).toBe(before);
      expect(complaints).toEqual([]);
    })
  );
});
