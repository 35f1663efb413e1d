/**
 * Conformance: a build on disk is served by its own entry, without building again.
 */
import { expect } from "expect";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { childrenGone } from "./children.ts";
import { type Implementation, SITE } from "./implementation.ts";
import { scratchDir } from "./scratch.ts";

/** Registers the tests. */
export function buildSuite({ name, dev }: Implementation): void {
  Deno.test(`${name}: a build on disk serves pages, islands and static files`, async () => {
    const outDir = await scratchDir();
    try {
      const builder = new dev.Builder({ root: SITE, outDir, serverEntry: "main.tsx" });
      await builder.build();
      const server = await import(pathToFileURL(join(outDir, "server.js")).href);
      const ask = (path: string): Promise<Response> => {
        return server.default.fetch(new Request(`http://localhost${path}`));
      };
      expect(await (await ask("/blog/x")).text()).toContain("<h1>x</h1>");
      expect(await (await ask("/style.css")).text()).toContain("margin: 0");
      const page = await ask("/islands");
      const script = /<([^>]+)>; rel="modulepreload"/.exec(page.headers.get("link") ?? "")?.[1];
      const response = await ask(script ?? "");
      expect(response.headers.get("etag")).toMatch(/^W\/"/);
      expect((await response.text()).length).toBeGreaterThan(1000);
    } finally {
      await childrenGone();
      await Deno.remove(outDir, { recursive: true });
    }
  });
}
