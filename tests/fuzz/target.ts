/** The ingest routes in this process, over a log that checks and projects whatever it is given. */
import { createProject } from "@/consumers/clickhouse/project.ts";
import { upcast } from "@/core/event/upcast.ts";
import type { KeyVerifier } from "@/core/identity/contract.ts";
import { createIngest } from "@/core/ingest/ingest.ts";
import type { EventDraft, Payload } from "@/core/log/contract.ts";
import { noProjectPrices } from "@/core/pricing/project_price.ts";
import { adapterRoutes } from "@/routes/(_api)/adapters.ts";
import { onError } from "@/routes/(_api)/errors.ts";
import { ingestRoutes } from "@/routes/(_api)/ingest.ts";
import { otlpRoutes } from "@/routes/(_api)/otlp.ts";
import { requestId } from "@/routes/(_api)/request_id.ts";
import { apiRouter } from "@/routes/(_api)/router.ts";
import { mapKv } from "../fixtures/map_kv.ts";

export const key = "wl_live_fuzz";
export const project = "fuzz";

export interface Target {
  send(path: string, headers: Record<string, string>, body: BodyInit): Promise<Response>;
  /** What an operator would be told: of nothing, when all is well. */
  readonly reports: unknown[];
  /** Bytes of bodies that are not given back. */
  readonly held: () => number;
  /** Events that were stored, projected and read back until now. */
  readonly stored: () => number;
  close(): Promise<void>;
}

export function target(): Target {
  const projected = createProject(1);
  const reports: unknown[] = [];
  let stored = 0;
  const append = async (event: EventDraft, payloads: Readonly<Record<string, Payload>> = {}) => {
    const read = upcast(JSON.parse(JSON.stringify(event)));
    if (!read.ok) throw new Error(`${read.reason}: ${read.detail}`);
    for (const { bytes } of Object.values(payloads)) new TextDecoder().decode(bytes);
    const position = { partition: 0, versionstamp: "0".repeat(20), index: 0 };
    const effect = await projected(read.event, position, () => Promise.resolve(null));
    if (!effect.ok) throw new Error(`${effect.code}: ${effect.detail}`);
    stored++;
    return { id: event.id, position };
  };
  const ingest = createIngest({
    log: { append },
    kv: mapKv(),
    prices: () => noProjectPrices,
    now: () => Date.UTC(2026, 2, 4, 9),
    alone: true,
    report: (...told) => reports.push(JSON.stringify(told)),
  });
  const verifier: KeyVerifier = {
    verify: (presented) =>
      presented === key ? { project, keyId: "fuzz", environment: "live" } : null,
  };
  const report = (error: unknown) => void reports.push(error);
  const deps = { ingest, verifier, report };
  const app = apiRouter();
  app.use(requestId);
  app.onError(onError(report));
  app.route("/", ingestRoutes(deps));
  app.route("/", otlpRoutes(deps));
  app.route("/", adapterRoutes(deps));
  return {
    send: async (path, headers, body) =>
      await app.request(`http://w.example${path}`, {
        method: "POST",
        headers: { authorization: `Bearer ${key}`, ...headers },
        body,
      }),
    reports,
    held: () => ingest.budget.used,
    stored: () => stored,
    close: () => ingest.close(),
  };
}
