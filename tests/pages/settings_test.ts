import { expect } from "expect";
import { visitor } from "./visit.ts";

Deno.test("the settings begin with the project's keys, at an address of their own", async () => {
  const { get, signedIn } = await visitor();
  const answer = await get("/dashboard/settings?project=p1", await signedIn());
  expect(answer.status).toBe(303);
  expect(answer.headers.get("location")).toBe("/dashboard/settings/keys?project=p1");
  const stranger = await get("/dashboard/settings/keys");
  expect(stranger.status).toBe(303);
  expect(stranger.headers.get("location")).toBe("/sign-in?next=%2Fdashboard%2Fsettings%2Fkeys");
});
