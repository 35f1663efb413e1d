import { expect } from "expect";
import { clickhouseAway, project, ready, untouched, type World } from "./sample_services.ts";
import { visitor } from "./visit.ts";

async function overview(world: World, query = "") {
  const { get, signedIn } = await visitor(world);
  const answer = await get(`/dashboard${query}`, await signedIn());
  return { answer, html: await answer.text() };
}

/** A page's text as it is read without script. */
function words(html: string): string {
  const body = html.slice(html.indexOf("<body"), html.indexOf("<script"));
  return body.replaceAll(/<[^>]+>/g, " ").replaceAll("&#39;", "'").replaceAll(/\s+/g, " ");
}

Deno.test("the overview has its figures without script", async () => {
  const { answer, html } = await overview(ready());
  expect(answer.headers.get("cache-control")).toBe("no-store");
  const text = words(html);
  expect(text).toContain("$41.10");
  expect(text).toContain("+ 37 unpriced");
  expect(text).toContain("18.4k");
  expect(text).toContain("claude-sonnet-4-5");
  expect(html.match(/<tr[ >]/g)?.length).toBeGreaterThan(24);
});

Deno.test("a model without a known cost is not shown at zero dollars", async () => {
  const { html } = await overview(ready());
  const list = html.slice(html.indexOf('id="models-title"'));
  const row = list.slice(list.indexOf("our-own-fine-tuned"));
  expect(words("<body" + row.slice(0, row.indexOf("</tr>")) + "<script")).toContain("no price");
});

Deno.test("with nothing recorded the overview shows how to send the first call", async () => {
  const { html } = await overview(untouched());
  const text = words(html);
  expect(text).toContain("Waiting for your first call");
  expect(text).toContain("http://watchllm.example/v1");
  expect(html).not.toContain("data-figure");
});

Deno.test("an empty range says so and offers a wider one", async () => {
  const world = ready();
  world.sample = { scale: 0 };
  const { html } = await overview(world, "?range=1h&live=off");
  expect(words(html)).toContain("No calls in the last hour.");
  expect(html).toContain('href="?range=30d&amp;live=off"');
});

Deno.test("with ClickHouse away no number is claimed and the banner says what waits", async () => {
  const { answer, html } = await overview(clickhouseAway());
  expect(answer.status).toBe(200);
  const text = words(html);
  expect(text).toContain("ClickHouse has been away since 07:41");
  expect(text).toContain("1,284 events wait in the log. Nothing is lost");
  expect(html).not.toContain("data-figure");
  expect(text).not.toContain("$");
});

Deno.test("links keep the view: project, range and live", async () => {
  const world = ready();
  world.projects = [project("a"), project("b")];
  const { html } = await overview(world, "?project=p_b&range=7d&live=off&other=1");
  expect(html).toContain('href="?project=p_b&amp;range=1h&amp;live=off"');
  expect(html).toContain('href="?project=p_a&amp;range=7d&amp;live=off"');
  expect(html).toContain('href="/dashboard/requests?project=p_b&amp;range=7d&amp;live=off"');
  const links = [...html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href);
  expect(links.filter((href) => href?.includes("other"))).toEqual([]);
});

Deno.test("a project that does not exist is not found, whatever its name", async () => {
  for (const id of ["p_nobody", "<script>alert(1)</script>"]) {
    const { answer, html } = await overview(ready(), `?project=${encodeURIComponent(id)}`);
    expect(answer.status).toBe(404);
    expect(html).not.toContain("<script>alert");
  }
});

Deno.test("a model's name can hold anything", async () => {
  const world = ready();
  const model = "</script><script>alert(1)</script>\u202E\u0000" + "x".repeat(400);
  world.sample = {
    scale: 1,
    models: [{
      provider: "<b>",
      model,
      request_count: 1,
      total_cost_usd: "0.1",
      unpriced_requests: 0,
    }],
  };
  const { html } = await overview(world);
  expect(html).not.toContain("<script>alert");
  expect(html).not.toContain("<b>");
});
