import { expect } from "expect";
import { linkToken, password, ready } from "./sample_services.ts";
import { fromElsewhere, fromOwnPage, origin, visitor } from "./visit.ts";

Deno.test("the dashboard sends a stranger to sign in and remembers where to", async () => {
  const { get } = await visitor();
  const answer = await get("/dashboard?range=7d&live=off");
  expect(answer.status).toBe(303);
  expect(answer.headers.get("location")).toBe(
    "/sign-in?next=%2Fdashboard%3Frange%3D7d%26live%3Doff",
  );
  await answer.body?.cancel();
});

Deno.test("what an open page asks in the background is refused as JSON", async () => {
  const { get } = await visitor();
  const answer = await get("/dashboard/readiness?project=p_support-bot", {
    accept: "application/json",
  });
  expect(answer.status).toBe(401);
  expect(await answer.json()).toMatchObject({ error: { code: "session_required" } });
});

Deno.test("the password opens the dashboard, from a page and from a script", async () => {
  const { get, post } = await visitor();
  for (const headers of [fromOwnPage, {}]) {
    const answer = await post("/sign-in", { password }, headers);
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe("/dashboard");
    const cookie = answer.headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(/; HttpOnly; SameSite=Lax/);
    const page = await get("/dashboard", { cookie: cookie.split(";")[0] ?? "" });
    expect(page.status).toBe(200);
    expect(await page.text()).toMatch(/<h1[^>]*>Overview<\/h1>/);
  }
});

Deno.test("signing in goes to the page that was asked for, never to another site", async () => {
  const { post } = await visitor();
  const cases = {
    "/dashboard?range=7d": "/dashboard?range=7d",
    "https://evil.example/": "/dashboard",
    "//evil.example/": "/dashboard",
    "/\\evil.example/": "/dashboard",
    "javascript:alert(1)": "/dashboard",
  };
  for (const [next, goesTo] of Object.entries(cases)) {
    const answer = await post("/sign-in", { password, next });
    expect([next, answer.headers.get("location")]).toEqual([next, goesTo]);
  }
});

Deno.test("a form from another site signs nobody in", async () => {
  const { post } = await visitor();
  const answer = await post("/sign-in", { password }, fromElsewhere);
  expect(answer.status).toBe(403);
  expect(answer.headers.get("set-cookie")).toBeNull();
  await answer.body?.cancel();
});

Deno.test("a wrong password is said, and after too many the wait", async () => {
  const { post } = await visitor();
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const answer = await post("/sign-in", { password: "guess", next: "/dashboard?range=1h" });
    expect(answer.status).toBe(401);
    const html = await answer.text();
    expect(html).toContain("The password is wrong.");
    expect(html).toContain('value="/dashboard?range=1h"');
    expect(html).not.toContain("guess");
  }
  const answer = await post("/sign-in", { password });
  expect(answer.status).toBe(429);
  expect(answer.headers.get("retry-after")).toBe("30");
  expect(await answer.text()).toContain("Try again in 30 s");
});

Deno.test("opening a one-time link spends nothing; its button signs in once", async () => {
  const { get, post } = await visitor();
  for (let opened = 0; opened < 3; opened += 1) {
    const page = await get(`/sign-in?token=${linkToken}`);
    expect(page.headers.get("set-cookie")).toBeNull();
    expect(page.headers.get("cache-control")).toBe("no-store");
    expect(await page.text()).toContain(`name="token" value="${linkToken}"`);
  }
  const first = await post("/sign-in", { token: linkToken }, fromOwnPage);
  expect(first.status).toBe(303);
  const second = await post("/sign-in", { token: linkToken }, fromOwnPage);
  expect(second.status).toBe(401);
  expect(await second.text()).toContain("This link was used before");
});

Deno.test("without a password the page says where the link is", async () => {
  const { get, world } = await visitor({ ...ready(), hasPassword: false });
  expect(world.hasPassword).toBe(false);
  const html = await (await get("/sign-in")).text();
  expect(html).toContain("No password is set");
  expect(html).not.toContain('type="password"');
});

Deno.test("whoever is signed in is sent on from the sign-in page", async () => {
  const { get, signedIn } = await visitor();
  const answer = await get("/sign-in?next=/dashboard?range=7d", await signedIn());
  expect(answer.status).toBe(303);
  expect(answer.headers.get("location")).toBe("/dashboard?range=7d");
});

Deno.test("signing out ends the session, and only our own pages can do it", async () => {
  const { get, post, signedIn } = await visitor();
  const session = await signedIn();
  for (const headers of [fromElsewhere, {}]) {
    const answer = await post("/sign-out", {}, { ...session, ...headers });
    expect(answer.status).toBe(403);
    await answer.body?.cancel();
  }
  expect((await get("/dashboard", session)).status).toBe(200);
  const answer = await post("/sign-out", {}, { ...session, ...fromOwnPage });
  expect(answer.status).toBe(303);
  expect(answer.headers.get("set-cookie")).toMatch(/=; .*Max-Age=0/);
  expect((await get("/dashboard", session)).status).toBe(303);
});

Deno.test("a form that is too large is refused", async () => {
  const { post } = await visitor();
  const answer = await post("/sign-in", { password: "x".repeat(20_000) });
  expect(answer.status).toBe(413);
  await answer.body?.cancel();
});

Deno.test("the look is kept in a cookie and written into the page", async () => {
  const { get, post } = await visitor();
  const answer = await post("/theme", { theme: "dark", next: "/docs" }, fromOwnPage);
  expect(answer.status).toBe(303);
  expect(answer.headers.get("location")).toBe("/docs");
  const cookie = answer.headers.get("set-cookie")?.split(";")[0] ?? "";
  expect(await (await get("/", { cookie })).text()).toContain('data-theme="dark"');
  const invented = await get("/", { cookie: 'wl_theme="><script>' });
  expect(await invented.text()).toContain('data-theme="system"');
  expect(origin).toMatch(/^http:/);
});
