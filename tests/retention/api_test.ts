/** What the API says and refuses about retention and erasure. */
import { expect } from "expect";
import { AppError } from "@/core/error.ts";
import type { ErasureData } from "@/core/event/retention.ts";
import type { Cuts } from "@/core/retention/cuts.ts";
import { retentionSection } from "@/core/retention/settings.ts";
import { editable } from "@/core/settings/editable.ts";
import { createSectionBook } from "@/core/settings/settings.ts";
import type { RetentionApi } from "@/routes/(_api)/retention.ts";
import { emptyStore, origin, type TestApi, testApi } from "../api/fixture.ts";

const amounts = { calls: 3, spans: 2, scores: 1, bodies: 4, body_bytes: 500 };

/** Retention that notes what it was asked. */
function asked() {
  const previews: Cuts[] = [];
  const erased: ErasureData[] = [];
  const retention: RetentionApi = {
    before(_, cuts) {
      previews.push(cuts);
      return Promise.resolve(amounts);
    },
    cuts: () => Promise.resolve({ calls_before: "2026-01-01T00:00:00.000Z", bodies_before: null }),
    removed: () => Promise.reject(new AppError("analytics_unavailable")),
    pass: () => Promise.resolve(null),
    of: () => Promise.resolve(amounts),
    erase(_, whom) {
      erased.push(whom);
      return Promise.resolve();
    },
  };
  return { previews, erased, retention };
}

const opened = (retention: RetentionApi) => testApi(emptyStore, { retention });

const path = ({ own }: TestApi, end: string) => `/v1/projects/${own.project.id}${end}`;

async function post(api: TestApi, end: string, body: unknown) {
  const headers = { cookie: api.cookie, origin };
  const answer = await api.send(path(api, end), { method: "POST", headers, body });
  return { status: answer.status, body: await answer.json() };
}

Deno.test("a preview counts what is before the cuts, and refuses what cannot be saved", async () => {
  const { previews, retention } = asked();
  await using api = await opened(retention);
  const preview = (settings: unknown) => post(api, "/settings/retention/preview", { settings });

  // The fixture's clock stands at 2026-03-04T10:00Z.
  expect(await preview({ calls_days: 30, bodies_days: 7 })).toEqual({
    status: 200,
    body: {
      project_id: api.own.project.id,
      calls_before: "2026-02-02T00:00:00.000Z",
      bodies_before: "2026-02-25T00:00:00.000Z",
      ...amounts,
    },
  });
  expect(await preview({})).toMatchObject({ status: 200, body: { calls_before: null } });
  expect(previews).toHaveLength(2);

  const refused = [
    [{ bodies_days: 31, calls_days: 30 }, "settings.bodies_days"],
    [{ calls_days: 0 }, "settings.calls_days"],
    [{ calls_days: 3_651 }, "settings.calls_days"],
    [{ bodies_days: 1.5 }, "settings.bodies_days"],
    [{ bodies_days: "7" }, "settings.bodies_days"],
  ] as const;
  for (const [settings, field] of refused) {
    const { status, body } = await preview(settings);
    expect([settings, status]).toEqual([settings, 400]);
    expect(body.error.details.fields[0].field).toBe(field);
  }
  expect((await preview({ days: 3 })).status).toBe(400);
  expect(previews).toHaveLength(2);
});

Deno.test("the state says what is gone also while ClickHouse is away", async () => {
  await using api = await opened(asked().retention);
  const answer = await api.send(path(api, "/retention"), { headers: { cookie: api.cookie } });
  expect(await answer.json()).toEqual({
    project_id: api.own.project.id,
    calls_before: "2026-01-01T00:00:00.000Z",
    bodies_before: null,
    removed: null,
    pass: null,
  });
});

Deno.test("an erasure names one user or one call, and a dry run erases nothing", async () => {
  const { erased, retention } = asked();
  await using api = await opened(retention);
  for (const body of [{}, { user_id: "u", event_id: "e" }, { user_id: "" }, { event_id: 5 }]) {
    expect([body, (await post(api, "/erasures", body)).status]).toEqual([body, 400]);
  }
  expect(await post(api, "/erasures", { user_id: "ann", dry_run: true })).toMatchObject({
    status: 200,
    body: { dry_run: true, calls: 3, bodies: 4 },
  });
  expect(erased).toEqual([]);
  expect((await post(api, "/erasures", { user_id: "ann" })).status).toBe(200);
  expect((await post(api, "/erasures", { event_id: "call-1" })).status).toBe(200);
  expect(erased).toEqual([{ user_id: "ann" }, { event_id: "call-1" }]);
});

Deno.test("the section keeps everything until it is told otherwise", async () => {
  const kv = await Deno.openKv(":memory:");
  const position = { partition: 0, versionstamp: "0", index: 0 };
  const appended: unknown[] = [];
  const book = editable(createSectionBook(retentionSection, {
    kv,
    log: {
      append({ id, ...event }) {
        appended.push(event);
        return Promise.resolve({ id, position });
      },
    },
    now: () => 0,
    newId: () => "01",
  }));
  expect((await book.get("p")).settings).toEqual({ bodies_days: null, calls_days: null });
  await book.put("p", { bodies_days: 30, calls_days: 30 });
  expect((await book.get("p")).settings).toEqual({ bodies_days: 30, calls_days: 30 });
  expect(appended).toMatchObject([{ type: "settings.changed", data: { section: "retention" } }]);
  await expect(book.put("p", { bodies_days: 31, calls_days: 30 })).rejects.toMatchObject({
    code: "bad_request",
    details: { fields: [{ field: "settings.bodies_days" }] },
  });
  kv.close();
});
