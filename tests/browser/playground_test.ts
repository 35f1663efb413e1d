/**
 * A call sent again from its page, in the running product: changed, streamed, compared with the original,
 * refused, stopped.
 */
import { expect } from "expect";
import type { Page } from "playwright-core";
import { simulatedProviders } from "@/tools/demo/start_product.ts";
import { serveSimulator } from "@/tools/simulator/serve.ts";
import { startProduct } from "../fixtures/product.ts";
import { hasChromium, withBrowser } from "./chromium.ts";
import { barriers, desk, type Look, overflow, picture, sight } from "./sight.ts";
import { call, signIn } from "./use_product.ts";

const ignore = !hasChromium();
const wait = { timeout: 120_000 };
const phone: Look = { width: 390, scheme: "dark" };

Deno.test({ name: "a call is sent again from its page, in Chromium", ignore }, async (t) => {
  const simulator = serveSimulator();
  const product = await startProduct({ env: simulatedProviders(simulator.url) });
  try {
    await withBrowser(async (browser) => {
      const { page, context, complaints } = await sight(browser, desk);
      page.setDefaultTimeout(wait.timeout);
      await page.goto(`${product.url}/dashboard`);
      await signIn(page, product);
      await call(product);
      const replay = page.locator("form.playground");
      const send = replay.getByRole("button", { name: "Send" });
      const status = replay.getByRole("status");
      const alert = replay.getByRole("alert");
      const figure = (name: string, column: number) =>
        replay.getByRole("row", { name: new RegExp(`^${name}`) }).getByRole("cell").nth(column);
      const stands = async (name: string) => {
        expect([name, await barriers(page), await overflow(page)]).toEqual([name, [], 0]);
        await picture(page, name, desk);
      };

      const step = async (name: string, check: () => Promise<void>) => {
        if (!await t.step(name, check)) throw new Error(`${name}: not so`);
      };
      await step("its page leads to it, and it holds what was sent", async () => {
        await openFirstCall(page, product.url);
        await page.getByRole("link", { name: "Replay" }).click();
        await send.waitFor();
        expect(await replay.getByLabel("Model").inputValue()).toBe("gpt-4o-mini");
        expect(await replay.getByLabel("Message 1, user").inputValue()).toBe("Where is my order?");
        await stands("playground");
      });

      await step("changed, it is answered, recorded and compared", async () => {
        await replay.getByRole("button", { name: "Make a test key" }).click();
        await replay.getByRole("button", { name: "Make a test key" }).waitFor({
          state: "detached",
        });
        await replay.getByLabel("Model").fill("gpt-4o");
        await replay.getByLabel("Temperature").fill("0.2");
        await replay.getByLabel("Message 1, user").fill("How long does a refund take?");
        await replay.getByRole("button", { name: "Add a message" }).click();
        await replay.getByLabel("Message 2, user").fill("Answer in one sentence.");
        await send.click();
        await status.getByText(/^Answered 200 after /).waitFor();
        await figure("Model", 1).getByText("gpt-4o", { exact: true }).waitFor();
        expect(await figure("Model", 0).textContent()).toBe("gpt-4o-mini");
        expect(await figure("Cost", 1).textContent()).toMatch(/^\$0\.0/);
        expect(await figure("Cost", 2).textContent()).toMatch(/^[+−] /);
        expect(Number(await figure("Tokens out", 1).textContent())).toBeGreaterThan(0);
        await replay.getByText(/little in common|is the same|Word for word/).waitFor();
        expect(simulator.bills.at(-1)).toMatchObject({ requestedModel: "gpt-4o", stream: false });
        await stands("playground-compared");
      });

      await step("its own call has what was changed", async () => {
        const [other] = await Promise.all([
          context.waitForEvent("page"),
          replay.getByRole("link", { name: "its call" }).click({ modifiers: ["Control"] }),
        ]);
        await other.getByText("How long does a refund take?").first().waitFor();
        await other.close();
      });

      await step("streamed, it is answered and says when its first words came", async () => {
        await replay.getByLabel("Model").fill("gpt-4o");
        await replay.getByLabel("Stream the answer").check();
        await send.click();
        await status.getByText(/^Answered 200 after .*, first words after /).waitFor();
        await figure("First token", 1).getByText(/ms|s/).waitFor();
        expect(simulator.bills.at(-1)?.stream).toBe(true);
      });

      await step("what came is there before the end; stopped, it stays and says so", async () => {
        await replay.getByLabel("Model").fill("gpt-4o!hang=12");
        await send.click();
        const answer = replay.getByRole("region", { name: "This answer" }).locator("pre");
        await answer.getByText(/\w+ \w+/).waitFor();
        await status.getByText(/^Answering after /).waitFor();
        await replay.getByRole("button", { name: "Stop" }).click();
        await status.getByText(/^Stopped by you after /).waitFor();
        expect(await answer.textContent()).toMatch(/\w+ \w+/);
        await figure("Ended", 1).getByText("left").waitFor();
        expect(await alert.count()).toBe(0);
      });

      await step("a provider's refusal is told in its own words", async () => {
        await replay.getByLabel("Model").fill("gpt-4o!status=429");
        await send.click();
        await alert.getByText("The provider answered 429.").waitFor();
        expect((await alert.textContent())?.length).toBeGreaterThan(40);
        await stands("playground-refused");
      });

      await step("what is no JSON is not sent", async () => {
        await replay.getByRole("button", { name: "Edit as JSON" }).click();
        await replay.getByLabel("Request").fill('{"model": "gpt-4o",');
        const before = simulator.bills.length;
        await send.click();
        await alert.getByText("The request is not a valid JSON object.").waitFor();
        expect(simulator.bills.length).toBe(before);
        await replay.getByRole("button", { name: "Back to the original" }).click();
        expect(await replay.getByLabel("Request").inputValue()).toContain("Where is my order?");
      });

      await step("a wrong key is refused by the gateway, which says what to do", async () => {
        await replay.getByLabel(/^Project key/).fill("wl_live_wrong");
        await send.click();
        await alert.getByText("WatchLLM refused the call (401).").waitFor();
        expect(await alert.textContent()).toContain("project key");
      });

      await step("it stands on a phone", async () => {
        const seen = await sight(browser, phone);
        await seen.context.addCookies(await context.cookies());
        await seen.page.goto(`${page.url().split("#")[0]}#replay`);
        await seen.page.locator("form.playground").getByRole("button", { name: "Send" }).waitFor();
        expect(await barriers(seen.page)).toEqual([]);
        expect(await overflow(seen.page)).toBeLessThanOrEqual(0);
        await picture(seen.page, "playground", phone);
        expect(seen.complaints).toEqual([]);
        await seen.context.close();
      });

      // A refused call is the browser's to report; one that is not recorded yet is no failure.
      expect(complaints.filter((said) => !/status of (401|429)/.test(said))).toEqual([]);
      await context.close();
    });
  } finally {
    await product.stop();
    await simulator.close();
  }
});

/** The list has it within two seconds. */
async function openFirstCall(page: Page, url: string): Promise<void> {
  const row = page.locator("table.requests [data-row]").first();
  const end = Date.now() + wait.timeout;
  do {
    await page.goto(`${url}/dashboard/requests?range=1h&live=off`);
  } while (await row.count() === 0 && Date.now() < end);
  const id = new URL(await row.getAttribute("href") ?? "", page.url()).pathname.split("/").pop();
  await page.goto(`${url}/dashboard/requests/${id}`);
}
