/**
 * The fixture site in a real browser, behind the security headers of the product: islands are
 * revived under a policy without `unsafe-inline`, and a page without islands loads no script.
 */
import { expect } from "expect";
import { Builder } from "fresh/dev";
import { securityHeaders } from "@/routes/(_http)/security_headers.ts";
import { childrenGone } from "@/tests/fresh/conformance/children.ts";
import type { State } from "@/tests/fresh/site/define.ts";
import { createApp } from "@/tests/fresh/site/main.tsx";
import { hasChromium, type WatchedPage, watchedPage, withBrowser } from "./chromium.ts";

const ignore = !hasChromium();
const root = new URL("../fresh/site", import.meta.url).pathname;

/** Serves the site and opens one of its pages. */
async function onPage(path: string, use: (watched: WatchedPage) => Promise<void>): Promise<void> {
  const apply = await new Builder<State>({ root }).build({ snapshot: "memory" });
  await childrenGone();
  const app = createApp();
  apply(app);
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    securityHeaders(app.handler()),
  );
  try {
    await withBrowser(async (browser) => {
      const watched = await watchedPage(browser);
      await watched.page.goto(`http://127.0.0.1:${server.addr.port}${path}`);
      await use(watched);
    });
  } finally {
    await server.shutdown();
  }
}

Deno.test({ name: "an island is revived and reacts", ignore }, async () => {
  await onPage("/local", async ({ page, complaints }) => {
    const button = page.locator("#local");
    await page.waitForFunction(() => {
      document.querySelector<HTMLElement>("#local")?.click();
      return document.querySelector("#local")?.textContent !== "off";
    });
    expect(await button.textContent()).toBe("</script><!-- \u2028 ' \" \\ `${1}`");
    expect(complaints).toEqual([]);
  });
});

Deno.test(
  { name: "islands with the same signal share it, also inside a slot", ignore },
  async () => {
    await onPage("/islands", async ({ page, complaints }) => {
      await page.waitForSelector('#clock[data-browser="true"]');
      await page.click("#first");
      await page.click("#inner");
      await page.click("#open-panel > button");
      expect(await page.locator("#open-panel .content").count()).toBe(0);
      await page.click("#open-panel > button");
      for (const id of ["#first", "#second", "#inner"]) {
        expect(await page.locator(id).textContent()).toBe("Count: 5");
      }
      expect(complaints).toEqual([]);
    });
  },
);

Deno.test({ name: "props keep their types on the way to the browser", ignore }, async () => {
  await onPage("/islands", async ({ page, complaints }) => {
    await page.waitForSelector('#clock[data-browser="true"]');
    expect(await page.locator("#clock dd").allTextContents()).toEqual([
      "2026-01-02T03:04:05.000Z",
      "a,b",
      "12345678901234567890",
      "example.test",
      "undefined",
      "NaN",
    ]);
    expect(complaints).toEqual([]);
  });
});

Deno.test({ name: "content that an island hid at first can be shown", ignore }, async () => {
  await onPage("/islands", async ({ page, complaints }) => {
    await page.waitForSelector('#clock[data-browser="true"]');
    await page.click("#closed-panel > button");
    expect(await page.locator("#closed-panel .inside").textContent()).toBe("Shown later");
    await page.click("#hidden");
    expect(await page.locator("#first").textContent()).toBe("Count: 4");
    expect(complaints).toEqual([]);
  });
});

Deno.test(
  { name: "reviving keeps the content of a slot as the server made it", ignore },
  async () => {
    await onPage("/islands", async ({ page }) => {
      const before = await page.evaluate(async () => {
        const response = await fetch(location.href);
        const html = new DOMParser().parseFromString(await response.text(), "text/html");
        return html.querySelector("#open-panel .inside")?.outerHTML;
      });
      await page.waitForSelector('#clock[data-browser="true"]');
      expect(await page.locator("#open-panel .inside").evaluate((el) => el.outerHTML)).toBe(before);
      expect(await page.locator("main").evaluate((el) => el.children.length)).toBe(6);
    });
  },
);

Deno.test({ name: "what an island adds stays in its place", ignore }, async () => {
  await onPage("/places", async ({ page, complaints }) => {
    await page.waitForSelector(".late");
    for (const id of ["#two", "#one", "#two", "#one"]) await page.click(id);
    const order = await page.locator("main > *").evaluateAll((elements) => {
      return elements.map((el) => el.classList.contains("item") ? el.textContent : el.localName);
    });
    expect(order).toEqual([
      "button",
      "one 1",
      "one 2",
      "button",
      "two 1",
      "two 2",
      "hr",
      "p",
      "div",
      "table",
      "svg",
    ]);
    expect(complaints).toEqual([]);
  });
});

Deno.test({ name: "an island that grows at once leaves its neighbour alone", ignore }, async () => {
  await onPage("/places", async ({ page }) => {
    await page.waitForSelector(".late");
    expect(await page.locator(".eager").allTextContents()).toEqual([
      "a first",
      "a more",
      "a most",
      "b first",
      "b more",
      "b most",
    ]);
  });
});

Deno.test({ name: "islands work inside tables and drawings", ignore }, async () => {
  await onPage("/places", async ({ page, complaints }) => {
    await page.waitForSelector(".late");
    await page.click("tbody tr:first-child");
    expect(await page.locator("tbody td").allTextContents()).toEqual(["a 1", "b 1", "last"]);
    await page.click("#dot circle");
    await page.waitForSelector("#dot rect", { state: "attached" });
    const namespaces = await page.locator("#dot *").evaluateAll((elements) => {
      return elements.map((el) => el.namespaceURI);
    });
    expect(new Set(namespaces)).toEqual(new Set(["http://www.w3.org/2000/svg"]));
    expect(complaints).toEqual([]);
  });
});

Deno.test({ name: "an island's <Head> follows its state", ignore }, async () => {
  await onPage("/titled", async ({ page, complaints }) => {
    expect(await page.title()).toBe("Clicked 0");
    await page.waitForFunction(() => {
      document.querySelector<HTMLElement>("#titled")?.click();
      return document.title !== "Clicked 0";
    });
    expect(complaints).toEqual([]);
  });
});

Deno.test({ name: "a page without islands loads no script", ignore }, async () => {
  await onPage("/", async ({ page, complaints }) => {
    expect(await page.locator("script").count()).toBe(0);
    const scripts = await page.evaluate(() => {
      return performance.getEntriesByType("resource").filter((e) => e.name.endsWith(".js")).length;
    });
    expect(scripts).toBe(0);
    expect(complaints).toEqual([]);
  });
});

Deno.test({ name: "inline scripts and styles run by their nonce", ignore }, async () => {
  await onPage("/plain/inline", async ({ page, complaints }) => {
    expect(await page.title()).toBe("set inline");
    expect(complaints).toEqual([]);
  });
});

Deno.test({ name: "a script without a nonce is refused", ignore }, async () => {
  await onPage("/", async ({ page, complaints }) => {
    await page.evaluate(() => {
      document.body.insertAdjacentHTML("beforeend", "<img src=x onerror=\"document.title='run'\">");
    });
    await page.waitForFunction(() =>
      document.querySelector<HTMLImageElement>("img[src=x]")?.complete
    );
    expect(await page.title()).toBe("Home");
    expect(complaints.join("\n")).toContain("policy: script-src");
  });
});

Deno.test({ name: "the scripts of a page are fetched only once", ignore }, async () => {
  await onPage("/islands", async ({ page, complaints }) => {
    await page.waitForSelector('#clock[data-browser="true"]');
    const names = await page.evaluate(() => {
      return performance.getEntriesByType("resource").map((e) => e.name);
    });
    const scripts = names.filter((name) => name.endsWith(".js"));
    expect(new Set(scripts).size).toBe(scripts.length);
    expect(complaints).toEqual([]);
  });
});
