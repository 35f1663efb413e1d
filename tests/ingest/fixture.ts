/** The API over a real log in memory, and what it holds. */
import type { Event } from "@/core/event/event.ts";
import { upcast } from "@/core/event/upcast.ts";
import { createLogReader } from "@/core/log/reader.ts";
import { openLog } from "@/core/log/open.ts";
import { bearer, emptyStore, type Json, type TestApi, testApi } from "@/tests/api/fixture.ts";
import type { ApiDeps } from "@/routes/(_api)/context.ts";

export interface IngestApi extends AsyncDisposable {
  readonly api: TestApi;
  /** With the own project's key. */
  post(
    path: string,
    body: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<{ readonly status: number; readonly body: Json; readonly headers: Headers }>;
  /** Every event in the log, in order, checked against its schema. */
  events(): Promise<Event[]>;
  payload(event: Event, name: string): Promise<string | null>;
}

export async function ingestApi(overrides: Partial<ApiDeps> = {}): Promise<IngestApi> {
  const api = await testApi(emptyStore, overrides);
  const { kv } = api.identity;
  const reader = createLogReader({ kv, ...await openLog({ write: kv, read: kv }) });
  return {
    api,
    async post(path, body, headers = {}) {
      const isRaw = typeof body === "string" || body instanceof Uint8Array;
      const answer = await api.app.request(`http://w.example${path}`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...bearer(api.own.key),
          ...headers,
        },
        body: isRaw ? body as BodyInit : JSON.stringify(body),
      });
      const text = await answer.text();
      return {
        status: answer.status,
        headers: answer.headers,
        body: text === "" ? null : JSON.parse(text),
      };
    },
    async events() {
      const events: Event[] = [];
      for (let partition = 0; partition < reader.partitions; partition++) {
        const records = await reader.read(partition, { after: null, maxRecords: 100_000 });
        for (const { entries } of records) {
          for (const { raw } of entries) {
            const read = upcast(raw);
            if (!read.ok) throw new Error(`${read.reason}: ${read.detail}`);
            events.push(read.event);
          }
        }
      }
      return events;
    },
    async payload(event, name) {
      const bytes = await reader.payload(event, name);
      return bytes && new TextDecoder().decode(bytes);
    },
    [Symbol.asyncDispose]: () => api[Symbol.asyncDispose](),
  };
}
