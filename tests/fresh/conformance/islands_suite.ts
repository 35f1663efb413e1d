/**
 * Conformance: what the server writes for islands. What the browser makes of it is checked in one.
 */
import { expect } from "expect";
import { type Ask, type Implementation, muted, siteAsker } from "./implementation.ts";

/** Registers the tests. */
export function islandsSuite(implementation: Implementation): void {
  const { name } = implementation;
  let site: Promise<Ask> | undefined;
  const test = (title: string, run: (ask: Ask) => Promise<void>) => {
    Deno.test(`${name}: ${title}`, async () => {
      site ??= siteAsker(implementation);
      await run(await site);
    });
  };

  test("a page without islands has no script and preloads none", async (ask) => {
    const response = await ask("/");
    expect(response.headers.get("link")).toBe(null);
    expect(await response.text()).not.toContain("<script");
  });

  test("islands are rendered in place, between markers", async (ask) => {
    const html = await (await ask("/islands")).text();
    expect(html).toMatch(
      /<!--frsh:island:Counter:0:--><button[^>]*id="first"[^>]*>Count: 3<\/button>/,
    );
    expect(html.match(/<!--frsh:island:/g)).toHaveLength(7);
    expect(html.match(/<!--\/frsh:island-->/g)).toHaveLength(7);
    expect(html).toContain('data-browser="false"');
  });

  test("one module script with a nonce revives them", async (ask) => {
    const response = await ask("/islands");
    const html = await response.text();
    const scripts = html.match(/<script[^>]*>/g) ?? [];
    expect(scripts).toHaveLength(1);
    expect(scripts[0]).toContain('type="module"');
    const nonce: unknown = Reflect.get(response, Symbol.for("__freshNonce"));
    expect(scripts[0]).toContain(`nonce="${nonce}"`);
  });

  test("the scripts are preloaded, served and kept for ever", async (ask) => {
    const link = (await ask("/islands")).headers.get("link") ?? "";
    const files = [...link.matchAll(/<([^>]+)>; rel="modulepreload"/g)].map((match) => match[1]);
    expect(files.length).toBeGreaterThanOrEqual(4);
    for (const file of files) {
      const response = await ask(file ?? "");
      expect(response.status).toBe(200);
      expect(response.headers.get("content-type")).toContain("javascript");
      expect(response.headers.get("cache-control")).toContain("immutable");
      await response.body?.cancel();
    }
  });

  test("content that an island does not show is kept in a template", async (ask) => {
    const html = await (await ask("/islands")).text();
    expect(html).toMatch(
      /<template id="frsh-\d+-children"[^>]*><p class="inside">Shown later<\/p>/,
    );
    expect(html.match(/Shown later/g)).toHaveLength(1);
  });

  test("an island beside its route is found", async (ask) => {
    expect(await (await ask("/local")).text()).toContain("<!--frsh:island:Local:0:-->");
  });

  test("props can't end the script that carries them", async (ask) => {
    const html = await (await ask("/local")).text();
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html.match(/<\/script>/g)).toHaveLength(1);
    const script = /<script[^>]*>(.*)<\/script>/s.exec(html)?.[1] ?? "";
    expect(script).not.toContain("<!--");
  });

  test("a prop that can't be sent is an error, not a silent loss", async (ask) => {
    await muted(async () => {
      expect((await ask("/refused")).status).toBe(500);
    });
  });
}
