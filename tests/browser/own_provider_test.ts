/** A provider of one's own, in the running product: added by a form, tried, called, changed, removed. */
import { expect } from "expect";
import { serveSimulator } from "@/tools/simulator/serve.ts";
import { type Product, startProduct } from "../fixtures/product.ts";
import { hasChromium, withBrowser } from "./chromium.ts";
import { desk, faults, type Look, none, sight } from "./sight.ts";
import { signIn } from "./use_product.ts";

const ignore = !hasChromium();
const phone: Look = { width: 390, scheme: "dark" };

Deno.test({ name: "a provider of one's own, in Chromium", ignore }, async (t) => {
  const simulator = serveSimulator();
  const product = await startProduct();
  try {
    await withBrowser(async (browser) => {
      const { page, context, complaints } = await sight(browser, desk);
      page.setDefaultTimeout(20_000);
      const step = async (name: string, check: () => Promise<void>) => {
        if (!await t.step(name, check)) throw new Error(`${name}: not so`);
      };
      await page.goto(`${product.url}/dashboard`);
      await signIn(page, product);
      await page.goto(`${product.url}/dashboard/settings/providers`);
      const form = page.locator("form", { hasText: "Where its API begins" });
      const add = form.getByRole("button", { name: "Add this provider" });
      const address = form.getByLabel("Where its API begins");
      const name = form.getByLabel("Name, as in name/model");
      const row = page.getByRole("row", { name: /local/ });

      await step("what is wrong is told at its field, which has the focus", async () => {
        await name.fill("openai");
        await address.fill(`${simulator.url}/openai/v1`);
        await add.click();
        await form.locator("label", { hasText: "Name, as in" })
          .getByText("must not be the name of a known provider").waitFor();
        expect(await name.evaluate((field) => field === document.activeElement)).toBe(true);
        expect(await name.getAttribute("aria-invalid")).toBe("true");
        await name.fill("local");
        await address.fill("http://169.254.169.254/v1");
        await add.click();
        await form.locator("label", { hasText: "Where its API begins" }).getByText(/^must/)
          .waitFor();
        await address.fill(`${simulator.url}/openai/v1`);
        await form.getByLabel("Further headers, one a line").fill("X-Team search");
        await add.click();
        await form.getByText('must be Name: value, not "X-Team search"').first().waitFor();
        await form.getByLabel("Further headers, one a line").fill("Authorization: Bearer x");
        await add.click();
        await form.getByText(/Authorization must not be a header that carries credentials/).first()
          .waitFor();
        expect(await row.count()).toBe(0);
      });

      await step("it is kept with its key, and the key is tried", async () => {
        await form.getByLabel("Further headers, one a line").fill("X-Team: search");
        await form.getByLabel("Key, if it needs one").fill("sk-simulated-9876");
        await add.click();
        await form.getByText("Saved. Every gateway knows it within five seconds.").waitFor();
        await page.getByRole("region", { name: "Providers of your own" }).getByText("local")
          .waitFor();
        const key = page.getByRole("row", { name: /…9876/ });
        await key.getByRole("button", { name: "Test" }).click();
        await key.getByText(/^Accepted, \d+ models/).waitFor();
        expect(await page.content()).not.toContain("sk-simulated-9876");
      });

      await step("it is called by its name", async () => {
        expect(await callLocal(product)).toBe(200);
        expect(simulator.bills.length).toBeGreaterThan(0);
      });

      await step("it is changed; its name stays", async () => {
        const own = page.getByRole("region", { name: "Providers of your own" });
        await own.getByRole("button", { name: "Change" }).click();
        expect(await name.inputValue()).toBe("local");
        expect(await name.getAttribute("readonly")).not.toBe(null);
        expect(await form.getByLabel("Further headers, one a line").inputValue())
          .toBe("X-Team: search");
        await address.fill(`${simulator.url}/mistral/v1`);
        await form.getByRole("button", { name: "Save" }).click();
        await own.getByText(`${simulator.url}/mistral/v1`).waitFor();
      });

      await step("what a deployment is can be said and taken back", async () => {
        const names = page.locator("form", { hasText: "Deployment or alias" });
        await names.getByLabel("Deployment or alias").fill("prod");
        await names.getByLabel("Is the model").fill("gpt-4o");
        await names.getByRole("button", { name: "Add this name" }).click();
        await names.getByText("must be provider/name, such as azure/prod-chat").first().waitFor();
        await names.getByLabel("Deployment or alias").fill("local/prod");
        await names.getByRole("button", { name: "Add this name" }).click();
        const kept = page.getByRole("row", { name: /local\/prod gpt-4o/ });
        await kept.getByRole("button", { name: "Remove" }).click();
        await page.getByRole("dialog").getByRole("button", { name: "Remove it" }).click();
        await kept.waitFor({ state: "detached" });
      });

      await step("it stands with all of that, at both widths", async () => {
        for (const look of [desk, phone]) {
          const seen = await sight(browser, look);
          await seen.context.addCookies(await context.cookies());
          await seen.page.goto(page.url());
          await seen.page.getByRole("region", { name: "Providers of your own" }).waitFor();
          expect(await faults(seen, "own-provider", look)).toEqual(none);
          await seen.context.close();
        }
      });

      await step(
        "a click beside a question leaves all as it is; confirmed, it is gone",
        async () => {
          const own = page.getByRole("region", { name: "Providers of your own" });
          const remove = own.getByRole("button", { name: "Remove" });
          const dialog = page.getByRole("dialog", { name: "Remove the provider local?" });
          await remove.click();
          await dialog.waitFor();
          await page.mouse.click(8, 8);
          await dialog.waitFor({ state: "detached" });
          expect(await remove.evaluate((button) => button === document.activeElement)).toBe(true);
          await remove.click();
          await dialog.getByRole("button", { name: "Remove it" }).click();
          await page.getByText("None yet. Calls to them go by name/model").waitFor();
        },
      );

      expect(complaints.filter((said) => !/status of 4\d\d/.test(said))).toEqual([]);
      await context.close();
    });
  } finally {
    await product.stop();
    await simulator.close();
  }
});

/** Until the gateway knows the provider it answers 404. */
async function callLocal({ url, key }: Product): Promise<number> {
  const end = Date.now() + 120_000;
  for (;;) {
    const answer = await fetch(`${url}/proxy/local/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Hi" }] }),
    });
    await answer.text();
    if (answer.ok || Date.now() > end) return answer.status;
    await new Promise((done) => setTimeout(done, 200));
  }
}
