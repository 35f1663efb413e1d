import { expect } from "expect";
import { contentPolicy } from "@/routes/(_http)/security_headers.ts";
import { visitor } from "./visit.ts";

/** A ULID, as an operator finds it in the logs. */
const requestId = /Request <code>[0-9A-HJKMNP-TV-Z]{26}<\/code>/;

Deno.test("the landing page has the commands and this installation's address", async () => {
  const { get } = await visitor();
  const html = await (await get("/")).text();
  expect(html).toContain("npx -y deno@2.9.6 task start");
  expect(html).toContain("http://watchllm.example/v1");
  expect(html).not.toContain("&amp;quot;");
});

Deno.test("a page that is not there is said with its address and the request", async () => {
  const { get, world } = await visitor();
  const answer = await get("/no/<b>such</b>");
  expect(answer.status).toBe(404);
  const html = await answer.text();
  expect(html).toContain("Nothing is here");
  expect(html).toMatch(requestId);
  expect(html).not.toContain("<b>");
  expect(world.reported).toEqual([]);
});

Deno.test("a failure names the request and nothing of its cause", async () => {
  const { get, signedIn, world } = await visitor();
  Object.defineProperty(world, "readiness", {
    get() {
      throw new Error("canary: a secret of the inside");
    },
  });
  const answer = await get("/dashboard", await signedIn());
  expect(answer.status).toBe(500);
  const html = await answer.text();
  expect(html).toContain("Something failed here");
  expect(html).toMatch(requestId);
  expect(html).not.toContain("canary");
  expect(world.reported).toMatchObject([{ error: { message: expect.stringContaining("canary") } }]);
  expect(html).toContain(world.reported[0]?.requestId);
});

Deno.test("every page has a title, one heading and no inline style or handler", async () => {
  const { get, signedIn } = await visitor();
  const session = await signedIn();
  for (const path of ["/", "/sign-in", "/dashboard", "/nowhere"]) {
    const answer = await get(path, path === "/sign-in" ? {} : session);
    const html = await answer.text();
    expect(html).toMatch(/<title>[^<]*WatchLLM[^<]*<\/title>/);
    expect([path, html.match(/<h1/g)?.length]).toEqual([path, 1]);
    expect([path, html.match(/<[^>]+\s(style|on[a-z]+)=/i)?.[0]]).toEqual([path, undefined]);
    expect(answer.headers.get("content-security-policy")).toEqual(policyOf(html));
  }
});

/** The policy that fits the page: with its scripts' nonce, or any when it has none. */
function policyOf(html: string): unknown {
  const nonce = /nonce="([^"]+)"/.exec(html)?.[1];
  return nonce ? contentPolicy(nonce) : expect.stringContaining("script-src 'nonce-");
}
