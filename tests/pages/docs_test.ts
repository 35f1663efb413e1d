import { expect } from "expect";
import { readingOrder } from "@/components/docs/contents.ts";
import { docsLink } from "@/components/docs/link.ts";
import { ready } from "./sample_services.ts";
import { visitor } from "./visit.ts";

const hostile = `# Title <b>bold</b> & \`code\`

A paragraph with <script>alert(1)</script>, [a trap](javascript:alert(1)), [a file](../main.ts),
[the log](log.md#positions) and &lt;kept&gt; **strong** text. ![x](https://elsewhere.example/x.png)

<img src=x onerror=alert(1)>

| name | count |
| --- | ---: |
| \`<td>\` | 4 |

- one
  1. nested

\`\`\`sh
echo "</code><script>alert(1)</script>"
\`\`\`
`;

async function document(source: string): Promise<string> {
  const world = ready();
  world.docs = { dashboard: source };
  const { get } = await visitor(world);
  return await (await get("/docs/dashboard")).text();
}

Deno.test("a document is shown with its structure", async () => {
  const html = await document(hostile);
  expect(html).toContain("<strong>strong</strong> text");
  expect(html).toContain("&lt;kept>");
  expect(html).toMatch(/<h1 id="title-bboldb--code"/);
  expect(html).toMatch(/<td[^>]*class="right"[^>]*>4<\/td>/);
  expect(html).toMatch(/<ol start="1"><li[^>]*>nested<\/li><\/ol>/);
  expect(html).toContain('href="/docs/log#positions"');
});

Deno.test("nothing of a document runs, leaves or loads", async () => {
  const html = await document(hostile);
  const body = html.slice(html.indexOf("<main"), html.indexOf("</main>"));
  expect(body).not.toMatch(/<script|<img|javascript:|main\.ts"/);
});

Deno.test("the list has each document with its first words", async () => {
  const { get } = await visitor();
  const html = await (await get("/docs")).text();
  expect(html).toMatch(/href="\/docs\/log"[^>]*>The log</);
  expect(html).toContain("What it keeps.");
  expect(html).not.toContain("/docs/gateway");
});

Deno.test("a document that is not there is not found", async () => {
  const { get } = await visitor();
  for (const path of ["/docs/none", "/docs/..%2Fmain", "/docs/a/b"]) {
    expect((await get(path)).status).toBe(404);
  }
});

Deno.test("every document of docs/ is in the list", async () => {
  const folder = new URL("../../docs/", import.meta.url);
  const slugs = (await Array.fromAsync(Deno.readDir(folder)))
    .flatMap(({ name }) => /^(.+)\.md$/.exec(name)?.[1] ?? []);
  expect(slugs.filter((slug) => !readingOrder.includes(slug))).toEqual([]);
});

Deno.test("docsLink() takes documents, anchors and the web", () => {
  const cases: [string, string | null][] = [
    ["#here", "#here"],
    ["./api.md", "/docs/api"],
    ["docs/api.md#errors", "/docs/api#errors"],
    ["https://example.com/a", "https://example.com/a"],
    ["mailto:a@example.com", "mailto:a@example.com"],
    ["data:text/html,x", null],
    ["//elsewhere.example/api.md", null],
    ["../core/config.ts", null],
    [" javascript:alert(1)", null],
  ];
  for (const [href, leads] of cases) expect([href, docsLink(href)]).toEqual([href, leads]);
});
