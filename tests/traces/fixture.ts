/** The API over a real log and a real ClickHouse, with a consumer's work done when a test asks for it. */
import { createClickHouseProjection } from "@/consumers/clickhouse/projection.ts";
import type { Effect } from "@/consumers/clickhouse/project.ts";
import { upcast } from "@/core/event/upcast.ts";
import { openLog } from "@/core/log/open.ts";
import { createLogReader } from "@/core/log/reader.ts";
import { bearer, type Json, type TestApi, testApi } from "@/tests/api/fixture.ts";
import type { TestDatabase } from "@/tests/fixtures/clickhouse.ts";

export interface TracesApi extends AsyncDisposable {
  readonly api: TestApi;
  post(path: string, body: unknown, headers?: HeadersInit): Promise<Json>;
  /** Projects what is in the log and has not been. */
  project(): Promise<void>;
  get(path: string): Promise<Json>;
}

export async function tracesApi(db: TestDatabase): Promise<TracesApi> {
  const api = await testApi(db.store);
  const { kv } = api.identity;
  const log = await openLog({ write: kv, read: kv });
  const reader = createLogReader({ kv, ...log });
  const projection = createClickHouseProjection({
    store: db.store,
    generation: 1,
    logGeneration: log.generation,
  });
  const signal = new AbortController().signal;
  const after: (string | null)[] = Array(log.partitions).fill(null);

  async function project(): Promise<void> {
    for (let partition = 0; partition < log.partitions; partition++) {
      const records = await reader.read(partition, {
        after: after[partition] ?? null,
        maxRecords: 10_000,
      });
      const effects: Effect[] = [];
      for (const { entries } of records) {
        for (const entry of entries) {
          const read = upcast(entry.raw);
          if (!read.ok) throw new Error(read.detail);
          const { event } = read;
          const projected = await projection.project(
            event,
            entry,
            (name) => reader.payload(event, name),
          );
          if (!projected.ok) throw new Error(projected.detail);
          if (projected.row) effects.push(projected.row);
        }
      }
      const token = crypto.randomUUID();
      for (let stage = 0; stage < projection.stages && effects.length > 0; stage++) {
        const done = await projection.deliver(stage, effects, `${token}:${stage}`, signal);
        if (!done.ok) throw new Error(done.detail);
      }
      after[partition] = records.at(-1)?.versionstamp ?? after[partition] ?? null;
    }
  }

  return {
    api,
    project,
    async post(path, body, headers = {}) {
      const answer = await api.app.request(`http://w.example${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", ...bearer(api.own.key), ...headers },
        body: JSON.stringify(body),
      });
      return { status: answer.status, body: await answer.json() };
    },
    async get(path) {
      const { status, body } = await api.get(path);
      if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
      return body;
    },
    [Symbol.asyncDispose]: () => api[Symbol.asyncDispose](),
  };
}
