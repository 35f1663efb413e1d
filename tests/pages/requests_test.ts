import { expect } from "expect";
import { clickhouseAway, ready, untouched } from "./sample_services.ts";
import { fromElsewhere, fromOwnPage, origin, visitor } from "./visit.ts";

const path = "/dashboard/requests";

Deno.test("requests stand in the page without script, newest first, with a link to older ones", async () => {
  const { get, signedIn, world } = await visitor();
  const html = await (await get(path, await signedIn())).text();
  const ids = [...html.matchAll(/data-row[^>]*href="\/dashboard\/requests\/([^"?]+)/g)]
    .map(([, id]) => id);
  expect(ids).toEqual(world.calls.slice(0, 50).map(({ id }) => id));
  expect(html).toContain('href="?cursor=50"');
  const older = await (await get(`${path}?cursor=50`, await signedIn())).text();
  expect(older).toContain(`/dashboard/requests/${world.calls[50]?.id}`);
  expect(older).not.toContain(`/dashboard/requests/${world.calls[0]?.id}"`);
});

Deno.test("filters that are typed become the address, other parameters stay", async () => {
  const { get, signedIn } = await visitor();
  const typed = new URLSearchParams({
    filter: `model:gpt-4o cost:>0.01 error "refund"`,
    range: "7d",
    provider: "openai",
  });
  const answer = await get(`${path}?${typed}`, await signedIn());
  expect(answer.status).toBe(303);
  expect(answer.headers.get("location")).toBe(
    `${path}?range=7d&model=gpt-4o&cost_min=0.01&status=error&q=refund`,
  );
});

Deno.test("what cannot be read is said, and no call is shown for it", async () => {
  const { get, signedIn } = await visitor();
  for (
    const query of ["filter=modle%3Agpt-4o", "status=nonsense", "cost_min=cheap", "cache=maybe"]
  ) {
    const answer = await get(`${path}?${query}`, await signedIn());
    expect(answer.status).toBe(200);
    const html = await answer.text();
    expect([query, html.includes('class="problems"')]).toEqual([query, true]);
    expect(html).not.toContain("data-row");
  }
});

Deno.test("the filters of the address stand in the field and as chips", async () => {
  const { get, signedIn } = await visitor();
  const html =
    await (await get(`${path}?model=a+b&status=error&latency_min=2000`, await signedIn()))
      .text();
  expect(html).toContain(`value="model:&quot;a b&quot; status:error latency:>2s"`);
  expect(html.match(/class="chip"/g)).toHaveLength(3);
  expect(html).toContain('href="?model=a+b&amp;latency_min=2000"');
});

Deno.test("columns are chosen by a form of our own and kept", async () => {
  const { get, post, signedIn } = await visitor();
  const session = await signedIn();
  const form = { time: "on", cost: "on", next: `${path}?range=7d` };
  const refused = await post(`${path}/columns`, form, { ...session, ...fromElsewhere });
  expect(refused.status).toBe(403);
  const unnamed = await post(`${path}/columns`, form, session);
  expect(unnamed.status).toBe(403);
  const answer = await post(`${path}/columns`, form, { ...session, ...fromOwnPage });
  expect([answer.status, answer.headers.get("location")]).toEqual([303, `${path}?range=7d`]);
  const cookie = answer.headers.get("set-cookie")?.split(";")[0];
  const html = await (await get(path, { cookie: `${session.cookie}; ${cookie}` })).text();
  const heads = html.slice(html.indexOf("<thead"), html.indexOf("</thead>"));
  expect([...heads.matchAll(/<th[^>]*>([^<]+)/g)].map(([, label]) => label)).toEqual([
    "Time",
    "Cost",
  ]);
});

Deno.test("a call has its conversation, its cost and a command, without script", async () => {
  const { get, signedIn, world } = await visitor();
  const answer = await get(`${path}/${world.calls[0]?.id}`, await signedIn());
  expect(answer.status).toBe(200);
  const html = await answer.text();
  for (const text of ["You answer questions about orders.", "It is on its way.", "× $2.50 / M"]) {
    expect(html).toContain(text);
  }
  expect(html).toContain(`${origin}/proxy/openai/v1/chat/completions`);
  expect(html).not.toMatch(/wl_live_[A-Za-z0-9]{12}_/);
  // What was sent is shown as it was: escaped once.
  expect(html).toContain("&quot;messages&quot;");
  expect(html).not.toMatch(/&amp;(quot|lt|amp);/);
});

Deno.test("calls and projects that are not there are not found", async () => {
  const { get, signedIn } = await visitor();
  for (
    const missing of [
      `${path}/01JD3FNOBODY`,
      `${path}/${"x".repeat(400)}`,
      `${path}?project=p_other`,
      `${path}/01JD3F00000000000000000140?project=p_other`,
      "/dashboard?project=p_other",
    ]
  ) {
    const answer = await get(missing, await signedIn());
    expect([missing, answer.status]).toEqual([missing, 404]);
    await answer.body?.cancel();
  }
});

Deno.test("with ClickHouse away requests and calls say so and claim nothing", async () => {
  const { get, signedIn, world } = await visitor(clickhouseAway());
  for (const page of [path, `${path}/${world.calls[0]?.id}`]) {
    const answer = await get(page, await signedIn());
    expect([page, answer.status]).toEqual([page, 200]);
    const html = await answer.text();
    expect(html).toContain("ClickHouse has been away since");
    expect(html).not.toContain("data-row");
  }
});

Deno.test("no call in the range says what to do next", async () => {
  const { get, signedIn } = await visitor(untouched());
  const html = await (await get(`${path}?range=1h&model=gpt-4o`, await signedIn())).text();
  expect(html).toContain("No calls in the last hour match the filters.");
  expect(html).toContain("Drop the filters");
});

Deno.test("strangers are sent to sign in from every page", async () => {
  const { get } = await visitor(ready());
  for (const page of [path, `${path}/01JD3F00000000000000000140`, "/dashboard"]) {
    const answer = await get(page);
    expect([page, answer.status]).toEqual([page, 303]);
    expect(answer.headers.get("location")).toContain("/sign-in?next=");
  }
});
