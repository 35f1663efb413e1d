import { expect } from "expect";
import { bearer, emptyStore, origin, testApi } from "@/tests/api/fixture.ts";

Deno.test("limits are set section-wise, checked field by field, and their state is told to key and session", async () => {
  await using api = await testApi(emptyStore);
  const { id } = api.own.project;
  const session = { cookie: api.cookie, origin };
  const path = `/v1/projects/${id}/settings/limits`;
  const put = async (settings: unknown) => {
    const response = await api.send(path, { method: "PUT", headers: session, body: { settings } });
    return { status: response.status, body: await response.json() };
  };
  const limit = { id: "monthly", scope: "project", unit: "usd", quota: "25.50", window: "month" };

  const wrong = await put({
    limits: [
      { ...limit, quota: "-1" },
      { ...limit, id: "monthly", scope: "property" },
      { ...limit, id: "Ü", window: "year" },
    ],
  });
  expect(wrong.status).toBe(400);
  const fields = wrong.body.error.details.fields.map(({ field }: { field: string }) => field);
  expect(fields).toEqual(expect.arrayContaining(["settings.limits.0.quota"]));
  expect(fields).toEqual(expect.arrayContaining(["settings.limits.2.window"]));

  const kept = await put({
    limits: [limit, { ...limit, id: "words", unit: "tokens", quota: 1_000, scope: "user" }],
  });
  expect(kept.status).toBe(200);
  expect(kept.body).toMatchObject({
    version: 1,
    settings: {
      limits: [{ id: "monthly", mode: "enforce", warn_at_percent: 80 }, { quota: "1000" }],
      unpriced_call_usd: "1",
      when_unavailable: "allow",
    },
  });

  const state = {
    project_id: id,
    limits: [{
      id: "monthly",
      scope: "project",
      property: null,
      unit: "usd",
      quota: "25.5",
      window: "month",
      mode: "enforce",
      window_start: "2026-03-01T00:00:00.000Z",
      resets_at: "2026-04-01T00:00:00.000Z",
      subjects: [{ subject: "", used: "0", reserved: "0", remaining: "25.5" }],
      more: false,
    }, expect.objectContaining({ id: "words", subjects: [] })],
  };
  for (const headers of [bearer(api.own.key), session]) {
    const told = await api.send(`/v1/projects/${id}/limits`, { headers });
    expect(await told.json()).toEqual(state);
  }
  const foreign = await api.send(`/v1/projects/${id}/limits`, { headers: bearer(api.foreign.key) });
  expect(foreign.status).toBe(404);
  await foreign.body?.cancel();
});
