/**
 * What a user does with the running product: signs in, makes a call, fills it with the demo.
 */
import type { Page } from "playwright-core";
import type { Product } from "../fixtures/product.ts";

export async function signIn(page: Page, { password, url }: Product): Promise<void> {
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(`${url}/dashboard`);
}

/** One call as a client makes it, read to its end. */
export async function call({ url, key }: Product): Promise<void> {
  const answer = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({
      model: "gpt-4o-mini",
      messages: [{ role: "user", content: "Where is my order?" }],
    }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`The call failed with ${answer.status}: ${text}`);
}

/** What a figure says, with all its digits. */
export async function figure(page: Page, id: string): Promise<number> {
  const title = await page.locator(`[data-figure="${id}"] .value`).getAttribute("title");
  return Number(title?.replaceAll(",", ""));
}

/** `task demo` beside the running product: its history alone, the live calls are the test's own. */
export async function runDemo({ dataDir, url }: Product): Promise<void> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [..."run -A main.ts demo --days 30 --rate 10 --live-seconds 0 --url".split(" "), url],
    cwd: new URL("../../", import.meta.url),
    env: { NO_COLOR: "1", WATCHLLM_DATA_DIR: dataDir },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (code !== 0) throw new Error(`The demo ended with ${code}: ${text(stdout)}${text(stderr)}`);
}
