/**
 * Spend by key, calls by the names of keys, the headers of a call, and history priced again, in the
 * running product.
 */
import { expect } from "expect";
import type { Cookie } from "playwright-core";
import { simulatedProviders } from "@/tools/demo/start_product.ts";
import { serveSimulator } from "@/tools/simulator/serve.ts";
import { useClickHouse } from "../fixtures/clickhouse.ts";
import { bootstrapKey, type Product, startProduct } from "../fixtures/product.ts";
import { hasChromium, withBrowser } from "./chromium.ts";
import { desk, faults, type Look, looks, none, picture, type Sight, sight } from "./sight.ts";
import { signIn } from "./use_product.ts";

const ignore = !hasChromium();
const wait = { timeout: 120_000 };
const clickhouse = useClickHouse();
const secret = "sk-proj-secretsecretsecret1234";

async function call({ url, key }: Product, model: string): Promise<void> {
  const answer = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${key}`,
      "content-type": "application/json",
      "user-agent": "OpenAI/Python 2.7.1",
      "x-title": "Search assistant",
      "x-stainless-lang": "python",
      cookie: `session=${secret}`,
    },
    body: JSON.stringify({
      model,
      messages: [{ role: "user", content: `Where is my order? ${crypto.randomUUID()}` }],
    }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`The call failed with ${answer.status}: ${text}`);
}

Deno.test(
  { name: "spend by key, headers and history priced again, in Chromium", ignore },
  async (t) => {
    const { url, user, password } = clickhouse.server;
    const simulator = serveSimulator();
    const product = await startProduct({
      env: {
        ...simulatedProviders(simulator.url),
        CLICKHOUSE_URL: url,
        CLICKHOUSE_USER: user,
        CLICKHOUSE_PASSWORD: password,
      },
    });
    try {
      await withBrowser(async (browser) => {
        const first = await sight(browser, desk);
        const { page } = first;
        await page.goto(`${product.url}/dashboard`);
        await signIn(page, product);
        const cookies: Cookie[] = await first.context.cookies();
        const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
        const open = async (path: string, look: Look = desk): Promise<Sight> => {
          const seen = await sight(browser, look);
          await seen.context.addCookies(cookies);
          await seen.page.goto(product.url + path);
          return seen;
        };
        const visit = (path: string) => page.goto(product.url + path);
        const send = async (method: string, path: string, body: unknown) => {
          const answer = await fetch(product.url + path, {
            method,
            headers: { cookie, origin: product.url, "content-type": "application/json" },
            body: JSON.stringify(body),
          });
          expect([path, answer.status < 300, await answer.text()]).toEqual([
            path,
            true,
            expect.anything(),
          ]);
        };
        const projects = await fetch(`${product.url}/v1/projects`, { headers: { cookie } });
        const { projects: [project] } = await projects.json();

        await t.step("calls with a key of the vault are divided by its name", async () => {
          await call(product, "gpt-4o-mini");
          await send("POST", `/v1/projects/${project.id}/provider-keys`, {
            provider: "openai",
            name: "Search team",
            credential: { kind: "api_key", key: secret },
          });
          for (const model of ["gpt-4o-mini", "gpt-4o-mini", "gpt-4o"]) await call(product, model);
          const rows = page.locator(".spend-rows tbody tr");
          await shown(async () => {
            await visit("/dashboard/spend/provider_key?range=1h");
            return await rows.count() === 2 &&
              (await rows.filter({ hasText: "Search team" }).innerText()).includes("3");
          });
          expect(await rows.filter({ hasText: "no key of the vault" }).count()).toBe(1);
          await visit("/dashboard/spend/key?range=1h");
          await rows.getByRole("link", { name: `wl_live_${bootstrapKey.slice(8, 20)}` }).waitFor(
            wait,
          );
        });

        await t.step(
          "a key's name leads to its calls, and is understood where filters are typed",
          async () => {
            await visit("/dashboard/spend/provider_key?range=1h");
            await page.getByRole("link", { name: "Search team" }).first().click();
            await page.waitForURL(/requests\?.*provider_key_id=pk_/);
            const field = page.locator("[data-search]");
            expect(await field.inputValue()).toBe('provider_key:"Search team"');
            await page.getByText("3 calls").waitFor(wait);
            await field.fill("provider_key:nobody");
            await field.press("Enter");
            await page.getByText("The project has no such provider key").waitFor(wait);
            await field.fill(`provider_key:"search team" model:gpt-4o key:${bootstrapKey}`);
            await field.press("Enter");
            await page.waitForURL(/provider_key_id=pk_/);
            expect(page.url()).toContain(`key_id=${bootstrapKey.slice(8, 20)}`);
            expect(page.url()).not.toContain(bootstrapKey.slice(-20));
            await page.getByText("1 call,").waitFor(wait);
            await picture(page, "requests-by-key", desk);
          },
        );

        await t.step("a call shows its headers in both directions, and no secret", async () => {
          await page.locator("[data-row]").first().click();
          await page.getByText("Search team").last().waitFor(wait);
          const href = await page.getByTitle("Open as a page").getAttribute("href");
          for (const look of looks) {
            const seen = await open(href ?? "", look);
            const panel = seen.page.locator("details", { hasText: "Headers" }).last();
            await panel.locator("summary").click();
            await panel.getByText("OpenAI/Python 2.7.1").waitFor(wait);
            await panel.getByText("Search assistant").waitFor();
            await panel.getByRole("region", { name: "Answer headers" }).getByText("content-type")
              .waitFor();
            await panel.getByRole("button", { name: "Copy" }).first().waitFor();
            await panel.scrollIntoViewIfNeeded();
            const content = await seen.page.content();
            expect([content.includes(secret), content.includes(bootstrapKey.slice(-20))])
              .toEqual([false, false]);
            expect(await faults(seen, "call-headers", look)).toEqual(none);
            await seen.context.close();
          }
        });

        await t.step(
          "history is priced again after a question, and the figures follow",
          async () => {
            await visit("/dashboard/spend?range=1h");
            await page.getByText("No difference: 4 calls").waitFor(wait);
            await send("PUT", `/v1/projects/${project.id}/prices`, {
              prices: [{ provider: "openai", model: "gpt-4o-mini", multiplier: "0.5" }],
              replaces: 0,
            });
            for (const look of looks) {
              const seen = await open("/dashboard/spend?range=1h&live=off", look);
              const panel = seen.page.locator("#reprice");
              await panel.getByText("3 calls of 4").waitFor(wait);
              await panel.scrollIntoViewIfNeeded();
              expect(await faults(seen, "spend-reprice", look)).toEqual(none);
              await panel.getByRole("button", { name: "Price them again" }).click();
              await seen.page.getByRole("heading", { name: "Price 3 calls again?" }).waitFor();
              await picture(seen.page, "spend-reprice-ask", look);
              await seen.context.close();
            }
            await visit("/dashboard/spend?range=1h&live=off");
            const panel = page.locator("#reprice");
            await panel.getByRole("button", { name: "Price them again" }).click();
            await page.locator("dialog").getByRole("button", { name: "Price them again" }).click();
            await panel.getByText("3 calls got another cost.").waitFor(wait);
            await panel.getByText("No difference: 4 calls").waitFor(wait);
            await picture(page, "spend-repriced", desk);
          },
        );

        await t.step("without script the difference is a link away", async () => {
          await send("PUT", `/v1/projects/${project.id}/prices`, { prices: [], replaces: 1 });
          const context = await browser.newContext({ javaScriptEnabled: false });
          await context.addCookies(cookies);
          const plain = await context.newPage();
          await plain.goto(`${product.url}/dashboard/spend?range=1h`);
          await plain.locator("#reprice").getByRole("link", { name: "compare" }).click();
          await plain.locator("#reprice").getByText("3 calls of 4").waitFor(wait);
          await context.close();
        });
        expect(first.complaints.filter((said) => !/status of (4|5)\d\d/.test(said))).toEqual([]);
      });
    } finally {
      await product.stop();
      await simulator.close();
    }
  },
);

/** Looks until it is so. */
async function shown(holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + wait.timeout;
  while (!await holds()) {
    if (Date.now() > end) throw new Error("It did not come to hold in time.");
    await new Promise((done) => setTimeout(done, 250));
  }
}
