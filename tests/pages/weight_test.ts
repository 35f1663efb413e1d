/**
 * What a page weighs on its first visit: all its scripts, compressed as a server in front would.
 */
import { expect } from "expect";
import { gzipSync } from "node:zlib";
import { visitor } from "./visit.ts";

const budget = 120_000;

async function scriptBytes(path: string): Promise<number> {
  const { get, signedIn } = await visitor();
  const html = await (await get(path, await signedIn())).text();
  const seen = new Set(
    [...html.matchAll(/"(\/_fresh\/js\/[^"]+\.js)"/g)].map(([, url]) => url ?? ""),
  );
  let bytes = 0;
  // A set may grow while it is walked: each script adds those that it imports, at once or later.
  for (const url of seen) {
    const code = await (await get(url)).text();
    bytes += gzipSync(code).length;
    for (const [, name] of code.matchAll(/"\.\/([^"]+\.js)"/g)) seen.add(`/_fresh/js/${name}`);
  }
  return bytes;
}

Deno.test("the overview's scripts, charts included, keep to 120 kB", async () => {
  const bytes = await scriptBytes("/dashboard");
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes).toBeLessThan(budget);
});

Deno.test("requests and a call keep to 120 kB as well", async () => {
  expect(await scriptBytes("/dashboard/requests")).toBeLessThan(budget);
  expect(await scriptBytes("/dashboard/requests/01JD3F00000000000000000140")).toBeLessThan(budget);
});

Deno.test("the landing page and the documentation need next to no script", async () => {
  expect(await scriptBytes("/")).toBeLessThan(20_000);
  expect(await scriptBytes("/docs")).toBeLessThan(20_000);
});

Deno.test("the styles of all pages together keep to 18 kB", async () => {
  const { get } = await visitor();
  const names = ["tokens", "base", "shell", "app", "calls", "settings", "site"];
  const sizes = await Promise.all(
    names.map(async (name) => gzipSync(await (await get(`/css/${name}.css`)).text()).length),
  );
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(18_000);
});
