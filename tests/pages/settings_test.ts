import { expect } from "expect";
import { project } from "./sample_services.ts";
import { fromElsewhere, fromOwnPage, visitor } from "./visit.ts";

Deno.test("the settings begin with the project's keys, at an address of their own", async () => {
  const { get, signedIn } = await visitor();
  const answer = await get("/dashboard/settings?project=p1", await signedIn());
  expect(answer.status).toBe(303);
  expect(answer.headers.get("location")).toBe("/dashboard/settings/keys?project=p1");
  const stranger = await get("/dashboard/settings/keys");
  expect(stranger.status).toBe(303);
  expect(stranger.headers.get("location")).toBe("/sign-in?next=%2Fdashboard%2Fsettings%2Fkeys");
});

Deno.test("a project is made by a form of our own, with its first key shown once", async () => {
  const { get, post, signedIn, world } = await visitor();
  const session = await signedIn();
  const path = "/dashboard/projects/new";
  expect((await post(path, { name: "shop" }, { ...session, ...fromElsewhere })).status).toBe(403);
  expect((await post(path, { name: "shop" }, session)).status).toBe(403);

  const unnamed = await post(path, { name: " " }, { ...session, ...fromOwnPage });
  expect(unnamed.status).toBe(400);
  expect(await unnamed.text()).toContain('aria-invalid="true"');
  expect(world.projects).toHaveLength(1);

  const made = await post(path, { name: "shop <b>" }, { ...session, ...fromOwnPage });
  expect(made.status).toBe(201);
  const html = await made.text();
  expect(html).toContain("wl_live_NewKey123456_secret");
  expect(html).toContain("shop &lt;b>");
  const id = world.projects[1]?.id ?? "";
  expect(html).toContain(`/dashboard?${new URLSearchParams({ project: id })}`);
  expect(await (await get(path, session)).text()).not.toContain("wl_live_NewKey123456_secret");
});

Deno.test("another project is chosen at the list when this page is of one thing", async () => {
  const { get, signedIn, world } = await visitor();
  world.projects.push(project("other"));
  const html = await (await get(`/dashboard/traces/${"a".repeat(32)}`, await signedIn())).text();
  expect(html).toContain('href="/dashboard/traces?project=p_other"');
});
