/**
 * What a slow network has brought of a page is not shown before the rest: it would move.
 */
import { expect } from "expect";
import { pagesHandler } from "@/tests/pages/serve_pages.ts";
import { ready, sampleServices } from "@/tests/pages/sample_services.ts";
import { hasChromium, withBrowser } from "./chromium.ts";

Deno.test({ name: "a page is shown once it is whole", ignore: !hasChromium() }, async () => {
  const handle = await pagesHandler(sampleServices(ready()));
  const rest = Promise.withResolvers<void>();
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    async (request) => {
      const answer = await handle(request);
      if (new URL(request.url).pathname !== "/") return answer;
      const page = await answer.bytes();
      return new Response(inHalves(page, rest.promise), { headers: answer.headers });
    },
  );
  try {
    await withBrowser(async (browser) => {
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${server.addr.port}/`, { waitUntil: "commit" });
      await page.locator("h1").waitFor({ state: "attached" });
      const painted = () => page.evaluate(() => performance.getEntriesByType("paint").length);
      // A browser that does not wait has painted by then; one that waits never has.
      await page.waitForTimeout(1_500);
      expect(await painted()).toBe(0);
      rest.resolve();
      await page.waitForFunction(() => performance.getEntriesByType("paint").length > 0);
    });
  } finally {
    rest.resolve();
    await server.shutdown();
  }
});

function inHalves(page: Uint8Array, rest: Promise<void>): ReadableStream<Uint8Array> {
  const middle = Math.floor(page.length * 0.7);
  return new ReadableStream({
    async start(controller) {
      controller.enqueue(page.subarray(0, middle));
      await rest;
      controller.enqueue(page.subarray(middle));
      controller.close();
    },
  });
}
