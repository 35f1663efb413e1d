/**
 * The prices that projects have negotiated. The log's `price.changed` events are the truth; what is
 * kept here in KV is their last state, which gateways read at most every few seconds.
 *
 * Guarantees: no price is used that the log does not hold; changes of one project are numbered without
 * a gap; a change that was cut off between log and KV is finished by whoever comes next.
 *
 * Owns `["pricing", …]`.
 *
 * @module
 */
import { AppError } from "../error.ts";
import { type PricesData, pricesDataSchema, type ProjectPrice } from "../event/price.ts";
import type { LogReader, LogWriter } from "../log/contract.ts";
import type { KvPort } from "../log/kv.ts";
import { Remembered } from "../remembered.ts";
import { noProjectPrices, type ProjectPrices } from "./project_price.ts";

export interface PriceBookOptions {
  readonly kv: KvPort;
  readonly log: Pick<LogWriter, "append">;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Makes event ids. */
  readonly newId: () => string;
  /** Monotonic milliseconds. @default {performance.now} */
  readonly monotonic?: () => number;
}

/** A project's prices, and when they became so. */
export interface KeptPrices extends ProjectPrices {
  /** Null while there are none. */
  readonly changed_at: string | null;
}

export interface PriceBook {
  /** As of now. */
  get(project: string): Promise<KeptPrices>;
  /** As of at most five seconds ago: from memory, a promise only when nothing fresh enough is there. */
  recent(project: string): ProjectPrices | Promise<ProjectPrices>;
  /**
   * Replaces all prices of a project; resolves when the change is in the log and holds.
   *
   * @param replaces the version that the caller has seen; a later one must not be overwritten
   * @throws {AppError} `conflict` when there is a later one, `bad_request` when it is too much to keep
   */
  put(
    project: string,
    prices: readonly ProjectPrice[],
    replaces?: number,
  ): Promise<KeptPrices>;
  /** Resolves when nothing is being read. */
  idle(): Promise<void>;
}

const keptPath = (project: string) => ["pricing", "project", project];
const changePath = (project: string) => ["pricing", "change", project];

/** Below the 64 KiB that a KV value may have. */
const mostBytes = 60_000;

/** Bytes of JSON, because only their number is known beforehand. */
interface Kept {
  readonly changed_at: string;
  readonly data: Uint8Array;
}

/** A change that may not be in the log yet. */
interface Change extends Kept {
  readonly event_id: string;
}

const utf8 = new TextEncoder();
const text = new TextDecoder();

export function createPriceBook(options: PriceBookOptions): PriceBook {
  const { kv, log, now, newId } = options;
  const remembered = new Remembered<ProjectPrices>({
    read: async (project) => read((await kv.get<Kept>(keptPath(project))).value),
    now: options.monotonic ?? (() => performance.now()),
  });

  async function get(project: string): Promise<KeptPrices> {
    await finishChange(project);
    return read((await kv.get<Kept>(keptPath(project))).value);
  }

  async function put(
    project: string,
    prices: readonly ProjectPrice[],
    replaces?: number,
  ): Promise<KeptPrices> {
    while (true) {
      await finishChange(project);
      const kept = await kv.get<Kept>(keptPath(project));
      const { version } = read(kept.value);
      if (replaces !== undefined && replaces !== version) {
        throw new AppError("conflict", { field: "replaces", version });
      }
      const data = written({ version: version + 1, prices: [...prices] });
      const changed_at = new Date(now()).toISOString();
      const change: Change = { event_id: newId(), changed_at, data };
      const begun = await kv.atomic()
        .check(kept)
        .check({ key: changePath(project), versionstamp: null })
        .set(changePath(project), change)
        .commit();
      if (!begun.ok) continue;
      await finishChange(project);
      return read({ changed_at, data });
    }
  }

  /** Brings a change that was begun into the log and then into effect. Safe to repeat, and at once. */
  async function finishChange(project: string): Promise<void> {
    const change = await kv.get<Change>(changePath(project));
    if (!change.value) return;
    const { event_id, changed_at, data } = change.value;
    await log.append({
      id: event_id,
      project,
      at: changed_at,
      type: "price.changed",
      v: 1,
      data: parse(data),
    });
    await kv.atomic()
      .check(change)
      .set(keptPath(project), { changed_at, data } satisfies Kept)
      .delete(changePath(project))
      .commit();
    remembered.forget(project);
  }

  return {
    get,
    put,
    recent: (project) => remembered.get(project),
    idle: () => remembered.idle(),
  };
}

/** Brings KV to the state that the log tells of: after a restore, or when KV was lost. */
export async function replayPrices(kv: KvPort, reader: LogReader): Promise<number> {
  let brought = 0;
  for (let partition = 0; partition < reader.partitions; partition++) {
    let after: string | null = null;
    while (true) {
      const records = await reader.read(partition, { after });
      const last = records.at(-1);
      if (!last) break;
      for (const { entries } of records) {
        for (const { raw } of entries) if (await bring(kv, raw)) brought++;
      }
      after = last.versionstamp;
    }
  }
  return brought;
}

async function bring(kv: KvPort, raw: unknown): Promise<boolean> {
  const event = fields(raw);
  if (event.type !== "price.changed" || event.v !== 1) return false;
  const project = String(event.project);
  const data = pricesDataSchema.parse(event.data);
  const kept = await kv.get<Kept>(keptPath(project));
  if (read(kept.value).version >= data.version) return false;
  const next: Kept = { changed_at: String(event.at), data: written(data) };
  return (await kv.atomic().check(kept).set(keptPath(project), next).commit()).ok;
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function written(data: PricesData): Uint8Array {
  const bytes = utf8.encode(JSON.stringify(data));
  if (bytes.length <= mostBytes) return bytes;
  throw new AppError("bad_request", {
    fields: [{ field: "prices", expected: `must have at most ${mostBytes} bytes as JSON` }],
  });
}

function read(kept: Kept | null): KeptPrices {
  if (!kept) return { ...noProjectPrices, changed_at: null };
  return { ...parse(kept.data), changed_at: kept.changed_at };
}

function parse(data: Uint8Array): PricesData {
  return pricesDataSchema.parse(JSON.parse(text.decode(data)));
}
