import { expect } from "expect";
import { partitionOf } from "@/core/log/position.ts";
import { draft } from "@/tests/log/events.ts";
import { bearer, emptyProof, emptyStore, type TestApi, testApi } from "./fixture.ts";

/** Follows `next` to the end. */
async function pull(api: TestApi, limit: number, after?: string) {
  const ids: string[] = [];
  let next: string | null = after ?? null;
  for (;;) {
    const from: string = next === null ? "" : `&after=${next}`;
    const { status, body } = await api.get(`/v1/log?limit=${limit}${from}`);
    expect(status).toBe(200);
    expect(body.events.length).toBeLessThanOrEqual(limit);
    ids.push(...body.events.map(({ event }: { event: { id: string } }) => event.id));
    next = body.next;
    if (!body.has_more) return { ids, next };
  }
}

Deno.test("the log is pulled in order, a project at a time, whatever the size of the pages", async () => {
  await using api = await testApi(emptyStore);
  const own = api.own.project.id;
  const foreign = api.foreign.project.id;
  expect(partitionOf(own, 1)).toBe(partitionOf(foreign, 1));
  // Appended at once, many share a commit: pages end inside records.
  const ids: string[] = [];
  for (let round = 0; round < 5; round++) {
    const appended = Array.from({ length: 60 }, (_, i) => {
      const project = i % 3 === 0 ? foreign : own;
      const id = `${round}-${String(i).padStart(2, "0")}`;
      if (project === own) ids.push(id);
      return api.log.append(draft(id, project));
    });
    await Promise.all(appended);
  }
  for (const limit of [1, 7, 100, 1_000]) {
    expect((await pull(api, limit)).ids).toEqual(ids);
  }
});

Deno.test("next goes on later, with what came meanwhile and nothing else", async () => {
  await using api = await testApi(emptyStore);
  const own = api.own.project.id;
  expect(await pull(api, 10)).toEqual({ ids: [], next: null });
  await api.log.append(draft("a", own));
  const first = await pull(api, 10);
  expect(first.ids).toEqual(["a"]);
  const idle = await pull(api, 10, first.next ?? "");
  expect(idle).toEqual({ ids: [], next: first.next });
  await Promise.all([api.log.append(draft("b", own)), api.log.append(draft("c", own))]);
  expect((await pull(api, 1, first.next ?? "")).ids).toEqual(["b", "c"]);
});

Deno.test("the proof is made once for all who ask at the same moment", async () => {
  let made = 0;
  const proof = async () => {
    made++;
    await Promise.resolve();
    return emptyProof;
  };
  await using api = await testApi(emptyStore, { proof });
  const answers = await Promise.all(Array.from({ length: 5 }, () => api.get("/v1/log/proof")));
  expect(answers.map(({ body }) => body)).toEqual(Array(5).fill(emptyProof));
  expect(made).toBe(1);
  await api.get("/v1/log/proof");
  expect(made).toBe(2);
});

Deno.test("before a consumer has registered there is no proof", async () => {
  await using api = await testApi(emptyStore, { proof: () => Promise.resolve(null) });
  const answer = await api.send("/v1/log/proof", { headers: bearer(api.own.key) });
  expect([answer.status, (await answer.json()).error.code]).toEqual([503, "analytics_unavailable"]);
});
