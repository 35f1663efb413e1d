/**
 * Conformance: file routes, layouts, error pages and static files, on the fixture site.
 */
import { expect } from "expect";
import { type Ask, type Implementation, muted, siteAsker } from "./implementation.ts";

/** Registers the tests. */
export function routesSuite(implementation: Implementation): void {
  const { name } = implementation;
  let site: Promise<Ask> | undefined;
  const test = (title: string, run: (ask: Ask) => Promise<void>) => {
    Deno.test(`${name}: ${title}`, async () => {
      site ??= siteAsker(implementation);
      await run(await site);
    });
  };

  test("a page stands in its layouts and the wrapper", async (ask) => {
    const html = await (await ask("/blog/first")).text();
    expect(html).toContain(
      '<main class="root-layout"><section class="blog-layout"><h1>first</h1></section></main>',
    );
    expect(html).toContain('<body data-path="/blog/first">');
  });

  test("an index belongs to its folder and inherits its middlewares", async (ask) => {
    const html = await (await ask("/blog")).text();
    expect(html).toContain('<section class="blog-layout"><p class="trail">root routes blog</p>');
    expect((await ask("/blog/")).status).toBe(200);
  });

  test("a route may go without layouts or the wrapper", async (ask) => {
    expect(await (await ask("/blog/archive")).text()).toMatch(/<\/nav><h1>Archive<\/h1>/);
    expect(await (await ask("/plain/bare")).text()).toMatch(/<body><p>bare<\/p><\/body>/);
  });

  test("parameters, rest and optional parts are read from the address", async (ask) => {
    expect(await (await ask("/blog/a%20b")).text()).toContain("<h1>a b</h1>");
    expect(await (await ask("/rest/a/b/c")).text()).toContain('<p class="rest">a/b/c</p>');
    expect(await (await ask("/optional/2")).text()).toContain('<p class="optional">2</p>');
    expect(await (await ask("/optional")).text()).toContain('<p class="optional">none</p>');
  });

  test("a fixed file name wins over a parameter", async (ask) => {
    expect(await (await ask("/blog/archive")).text()).toContain("Archive");
  });

  test("a group is not part of the address but has its own layout", async (ask) => {
    const html = await (await ask("/grouped")).text();
    expect(html).toContain('<div class="group-layout"><p class="note">grouped</p></div>');
    expect((await ask("/(group)/grouped")).status).toBe(404);
  });

  test("files in (_folders) are no routes", async (ask) => {
    expect((await ask("/(_components)/Note")).status).toBe(404);
    expect((await ask("/Note")).status).toBe(404);
  });

  test("routeOverride gives a route another address", async (ask) => {
    expect(await (await ask("/elsewhere/ada")).text()).toContain('<p class="moved">ada</p>');
    expect((await ask("/moved")).status).toBe(404);
  });

  test("handlers set headers and answer their methods", async (ask) => {
    expect((await ask("/blog/x")).headers.get("x-slug")).toBe("x");
    const posted = await ask("/blog/x", { method: "POST" });
    expect([posted.status, await posted.text()]).toEqual([202, "posted"]);
    expect(await (await ask("/plain/api")).json()).toEqual({ ok: true });
  });

  test("an unsupported method or OPTIONS of a file route is 404, HEAD is answered by GET", async (ask) => {
    expect((await ask("/plain/api", { method: "DELETE" })).status).toBe(404);
    expect((await ask("/plain/api", { method: "OPTIONS" })).status).toBe(404);
    const head = await ask("/blog/x", { method: "HEAD" });
    expect([head.status, head.headers.get("x-slug"), await head.text()]).toEqual([200, "x", ""]);
  });

  test("a route in code that has no handler for a method is 405", async (ask) => {
    expect((await ask("/api/item", { method: "POST" })).status).toBe(405);
  });

  test("errors are shown by _error with their status", async (ask) => {
    const missing = await ask("/blog/missing");
    expect([missing.status, await missing.text()]).toEqual([
      404,
      expect.stringContaining('<h1 class="error">Error 404</h1>'),
    ]);
    await muted(async () => {
      const broken = await ask("/blog/broken");
      expect(broken.status).toBe(500);
      const html = await broken.text();
      expect(html).toContain('<h1 class="error">Error 500</h1>');
      expect(html).not.toContain("on purpose");
    });
  });

  test("an unknown address is shown by _error inside the wrapper", async (ask) => {
    const response = await ask("/nowhere");
    expect(response.status).toBe(404);
    expect(await response.text()).toContain(
      '<main class="root-layout"><h1 class="error">Error 404</h1></main>',
    );
  });

  test("error pages are rendered outside the root middlewares", async (ask) => {
    expect((await ask("/")).headers.get("x-root-middleware")).toBe("after");
    expect((await ask("/nowhere")).headers.get("x-root-middleware")).toBe(null);
    expect((await ask("/blog/missing")).headers.get("x-root-middleware")).toBe(null);
  });

  test("a route registered before the file routes has no error page, one after them has", async (ask) => {
    const before = await ask("/before");
    expect([before.status, await before.text()]).toEqual([418, "before the file routes"]);
    const after = await ask("/after");
    expect([after.status, await after.text()]).toEqual([
      418,
      expect.stringContaining('<h1 class="error">Error 418</h1>'),
    ]);
  });

  test("an async page is awaited and may answer by itself", async (ask) => {
    expect(await (await ask("/plain/later")).text()).toContain('<p class="later">later</p>');
    const away = await ask("/plain/later?away");
    expect([away.status, await away.text()]).toEqual([203, "away"]);
  });

  test("<Head> replaces what is the same in the wrapper and adds the rest", async (ask) => {
    const html = await (await ask("/")).text();
    expect(html.match(/<title>[^<]*<\/title>/g)).toEqual(["<title>Home</title>"]);
    expect(html.match(/name="description"/g)).toHaveLength(1);
    expect(html).toContain('content="The first page"');
    expect(html.indexOf('content="noindex"')).toBeLessThan(html.indexOf("</head>"));
    expect(await (await ask("/blog")).text()).toContain("<title>Site</title>");
  });

  test("links to the page and its sections are marked", async (ask) => {
    const html = await (await ask("/blog")).text();
    expect(html).toMatch(/<a href="\/blog" data-current="true" aria-current="page">/);
    expect(html).toMatch(/<a href="\/" data-ancestor="true" aria-current="true">/);
    expect(html).toContain('<a href="https://elsewhere.test/">');
  });

  test("inline scripts and styles carry one nonce", async (ask) => {
    const html = await (await ask("/plain/inline")).text();
    const nonces = [...html.matchAll(/<(?:script|style)[^>]* nonce="([0-9a-f]{32})"/g)];
    expect(nonces).toHaveLength(2);
    expect(nonces[0]?.[1]).toBe(nonces[1]?.[1]);
    const again = await (await ask("/plain/inline")).text();
    expect(again).not.toContain(nonces[0]?.[1] ?? "missing");
  });

  test("a static file has its type, and is not kept unless it is locked", async (ask) => {
    const response = await ask("/style.css");
    expect(response.headers.get("content-type")?.toLowerCase()).toBe("text/css; charset=utf-8");
    expect(response.headers.get("cache-control")).toContain("no-cache, no-store");
    expect(await response.text()).toContain("margin: 0");
    const src = /src="([^"]+)"/.exec(await (await ask("/")).text())?.[1] ?? "";
    expect(src).toMatch(/^\/picture\.svg\?__frsh_c=/);
    const locked = await ask(src);
    await locked.body?.cancel();
    expect(locked.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  });

  test("a static file locked to another build is found at its plain address", async (ask) => {
    const response = await ask("/style.css?__frsh_c=old");
    expect([response.status, response.headers.get("location")]).toEqual([307, "/style.css"]);
  });

  test("static files answer HEAD and refuse POST", async (ask) => {
    const head = await ask("/style.css", { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
    expect(Number(head.headers.get("content-length"))).toBeGreaterThan(0);
    expect((await ask("/style.css", { method: "POST" })).status).toBe(405);
  });

  test("a missing favicon is a short 404", async (ask) => {
    const response = await ask("/favicon.ico");
    expect([response.status, await response.text()]).toEqual([404, ""]);
  });
}
