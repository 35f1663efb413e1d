/**
 * A log under retention and, beside it, everything that was ever appended: what a schedule is held
 * against.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { expect } from "expect";
import { readCheckpoint, storeCheckpoint } from "@/consumers/checkpoint.ts";
import type { Clock } from "@/consumers/clock.ts";
import { putDeadLetter } from "@/consumers/dead_letter.ts";
import { createLeases } from "@/consumers/lease.ts";
import { countAppended } from "@/consumers/proof.ts";
import { listConsumers, registerConsumer, retireConsumer } from "@/consumers/registry.ts";
import { createRetention, type RetentionDeps } from "@/consumers/retention/pass.ts";
import type { LogEntry, LogWriter } from "@/core/log/contract.ts";
import type { KvPort } from "@/core/log/kv.ts";
import { openLog } from "@/core/log/open.ts";
import { type CountingLogReader, createLogReader } from "@/core/log/reader.ts";
import { readTrimState } from "@/core/log/trim.ts";
import { createLogWriter } from "@/core/log/writer.ts";
import { erase } from "@/core/retention/removed.ts";
import { retentionSchema, type RetentionSettings } from "@/core/retention/settings.ts";
import { call } from "../consumers/event.ts";
import { type Fate, faultyKv } from "../fixtures/faulty_kv.ts";
import type { ProjectName, Step } from "./schedule.ts";

const hourMs = 3_600_000;
const never = new AbortController().signal;

const offered: Readonly<Record<ProjectName, object>> = {
  "keeps-all": {},
  month: { calls_days: 30 },
  week: { calls_days: 30, bodies_days: 7 },
  bodies: { bodies_days: 7 },
};

/** Everything of one partition: what rows a projection has after it. */
export interface Rows {
  /** Ids of calls, with whether their bodies are still there. */
  readonly calls: ReadonlyMap<string, boolean>;
}

interface Seen extends LogEntry {
  readonly versionstamp: string;
}

export class World implements AsyncDisposable {
  now = Date.parse("2026-06-15T12:00:00.000Z");
  /** Every entry as it was appended, by partition. */
  readonly full: Seen[][];
  readonly settings = new Map<string, RetentionSettings>();
  /** Times at which all consumers had passed a position, by partition. */
  readonly passed: { readonly at: number; readonly position: string | null }[][];
  readonly letters: Set<string>[];
  fate: Fate = "well";
  /** Counts down to the commit that fails. */
  failing = 0;
  #ids = 0;

  private constructor(
    readonly kv: KvPort,
    readonly reader: CountingLogReader,
    readonly writer: LogWriter,
    readonly marginMs: number,
  ) {
    const each = <T>(make: () => T) => Array.from({ length: reader.partitions }, make);
    this.full = each(() => []);
    this.passed = each(() => []);
    this.letters = each(() => new Set<string>());
  }

  static async open(kv: KvPort, marginMs = 24 * hourMs): Promise<World> {
    const identity = await openLog({ write: kv, read: kv }, { partitions: 2, clock: () => 7_000 });
    // Small parts, so that what is appended at once makes records of several.
    const writer = createLogWriter({ ...identity, kv, limits: { recordBytes: 2_400 } });
    return new World(kv, createLogReader({ ...identity, kv }), writer, marginMs);
  }

  async [Symbol.asyncDispose]() {
    await this.writer.close();
    this.kv.close();
  }

  async run(step: Step): Promise<void> {
    switch (step.do) {
      case "append":
        return await this.#append(step);
      case "settings":
        this.settings.set(step.project, retentionSchema.parse(offered[step.project]));
        return;
      case "read":
        return await this.#read(step.consumer, step.records);
      case "register": {
        const registration = { projection: "p", generation: step.consumer + 1, state: "active" };
        await registerConsumer(
          this.kv,
          registration as { projection: string; generation: number; state: "active" },
          this.now,
        );
        return;
      }
      case "retire": {
        const [one] = (await this.#present()).filter((id) => id === `p@g${step.consumer + 1}`);
        if (one) await retireConsumer(this.kv, one, this.now);
        return;
      }
      case "dead letter":
        return await this.#setAside(step.consumer);
      case "erase":
        await erase(this.#ports(), step.project, { user_id: `user-${step.user}` });
        return await this.#remember();
      case "day":
        for (const consumer of [0, 1, 2]) await this.#read(consumer, 100);
        await this.pass(0);
        this.now += 26 * hourMs;
        return;
      case "pass":
        return await this.pass(step.fails);
      case "wait":
        this.now += step.hours * hourMs;
    }
  }

  async #append({ project, ageDays, events }: Extract<Step, { do: "append" }>): Promise<void> {
    const at = new Date(this.now - ageDays * 24 * hourMs).toISOString();
    const text = new TextEncoder().encode("what was asked");
    await Promise.all(Array.from({ length: events }, () => {
      const n = ++this.#ids;
      const draft = call({ id: `e${n}`, project, at, data: { user_id: `user-${n % 5}` } });
      return this.writer.append(draft, { request: { bytes: text, contentType: "text/plain" } });
    }));
    await this.#remember();
  }

  /** Adds to the full log what has come since. */
  async #remember(): Promise<void> {
    for (const [partition, full] of this.full.entries()) {
      const after = full.at(-1)?.versionstamp ?? null;
      for (const { versionstamp, entries } of await this.reader.read(partition, { after })) {
        full.push(...entries.map((entry) => ({ ...entry, versionstamp })));
      }
    }
  }

  async #present(): Promise<string[]> {
    return (await listConsumers(this.kv))
      .filter(({ state }) => state !== "retired")
      .map(({ id }) => id);
  }

  /** Moves a consumer's checkpoints, as a consumer does that has read so many records. */
  async #read(consumer: number, records: number): Promise<void> {
    const id = `p@g${consumer + 1}`;
    if (!(await this.#present()).includes(id)) return;
    for (let partition = 0; partition < this.reader.partitions; partition++) {
      const current = await readCheckpoint(this.kv, id, partition);
      const { checkpoint } = current;
      const read = await this.reader.read(partition, {
        after: checkpoint.committed,
        maxRecords: records,
      });
      const last = read.at(-1);
      if (!last) continue;
      const isFirst = current.versionstamp === null;
      await storeCheckpoint(this.kv, id, partition, current, {
        ...checkpoint,
        committed: last.versionstamp,
        rows: checkpoint.rows + read.reduce((sum, { entries }) => sum + entries.length, 0),
        trimmed: isFirst
          ? (await readTrimState(this.kv, this.reader.generation, partition)).events
          : checkpoint.trimmed,
      });
    }
    await this.#notePassed();
  }

  async floor(partition: number): Promise<string | null> {
    const committed = await Promise.all(
      (await this.#present()).map(async (id) =>
        (await readCheckpoint(this.kv, id, partition)).checkpoint.committed ?? ""
      ),
    );
    const [least = ""] = committed.sort();
    return least === "" ? null : least;
  }

  async #notePassed(): Promise<void> {
    for (const [partition, passed] of this.passed.entries()) {
      passed.push({ at: this.now, position: await this.floor(partition) });
    }
  }

  async #setAside(consumer: number): Promise<void> {
    const id = `p@g${consumer + 1}`;
    if (!(await this.#present()).includes(id)) return;
    for (const [partition, full] of this.full.entries()) {
      const { checkpoint: { committed } } = await readCheckpoint(this.kv, id, partition);
      const entry = full.findLast(({ versionstamp }) => versionstamp === committed);
      const [there] = entry
        ? await this.reader.read(partition, { after: before(entry.versionstamp), maxRecords: 1 })
        : [];
      if (!entry || there?.versionstamp !== entry.versionstamp) continue;
      const operation = this.kv.atomic();
      putDeadLetter(operation, id, entry, { at: 0, stage: 0, code: "bad", detail: "" }, this.now);
      await operation.commit();
      this.letters[partition]?.add(`${id} ${entry.versionstamp}`);
    }
  }

  #ports(kv = this.kv) {
    return { kv, log: this.writer, now: () => this.now, newId: () => `r${++this.#ids}` };
  }

  /** One look of retention, of which one commit may fail, stored or not. */
  async pass(fails: number): Promise<void> {
    await this.#notePassed();
    this.failing = fails;
    const kv = faultyKv(this.kv, () => {
      if (this.failing === 0 || --this.failing > 0) return "well";
      return fails % 2 === 0 ? "lost" : "unacknowledged";
    });
    const clock: Clock = {
      now: () => this.now,
      monotonic: () => this.now,
      sleep: (_, signal) =>
        new Promise((resolve) =>
          signal ? signal.addEventListener("abort", () => resolve()) : resolve()
        ),
    };
    const deps: RetentionDeps = {
      ...this.#ports(kv),
      reader: this.reader,
      clock,
      leases: createLeases({ kv, clock, owner: "test" }),
      settings: () => Promise.resolve(this.settings),
      marginMs: this.marginMs,
    };
    const before = await this.#records();
    const held = await Promise.all(this.full.map(async (_, partition) => ({
      floor: await this.floor(partition),
      letters: await this.#lettersOf(partition),
    })));
    await createRetention(deps)(never).catch((error: Error) => {
      if (!/connection was lost/i.test(error.message)) throw error;
    });
    await this.#remember();
    await this.#expectNothingUnread(before, held);
  }

  async #lettersOf(partition: number): Promise<Set<string>> {
    const present = await this.#present();
    const letters = [...this.letters[partition] ?? []].map((one) => one.split(" "));
    return new Set(
      letters.flatMap(([id = "", position = ""]) => present.includes(id) ? [position] : []),
    );
  }

  /** Every entry that the log has now, by its place. */
  async stored(): Promise<Map<string, unknown>[]> {
    return await Promise.all(this.full.map(async (_, partition) => {
      const found = new Map<string, unknown>();
      for (let after: string | null = null;;) {
        const records = await this.reader.read(partition, { after });
        for (const { versionstamp, entries } of records) {
          for (const { position, raw } of entries) {
            found.set(`${versionstamp}/${position.index}`, raw);
          }
        }
        const last = records.at(-1);
        if (!last) return found;
        after = last.versionstamp;
      }
    }));
  }

  /** The records as they are stored, by partition and place. */
  async #records(): Promise<Map<string, Uint8Array>[]> {
    return await Promise.all(this.full.map(async (_, partition) => {
      const found = new Map<string, Uint8Array>();
      for await (const { key, value } of this.kv.list<Uint8Array>({ prefix: ["log", partition] })) {
        found.set(String(key[2]), value);
      }
      return found;
    }));
  }

  /** What a pass has changed was passed by all consumers, long enough ago, and no dead letter needs it. */
  async #expectNothingUnread(
    before: readonly Map<string, Uint8Array>[],
    held: readonly { floor: string | null; letters: Set<string> }[],
  ): Promise<void> {
    for (const [partition, now] of (await this.#records()).entries()) {
      const { floor, letters } = held[partition] ?? { floor: null, letters: new Set<string>() };
      for (const [versionstamp, record] of before[partition] ?? []) {
        const kept = now.get(versionstamp);
        if (kept && Buffer.compare(kept, record) === 0) continue;
        expect(floor !== null && versionstamp <= floor).toBe(true);
        expect(letters.has(versionstamp)).toBe(false);
        const early = this.passed[partition]?.some(({ at, position }) =>
          at <= this.now - this.marginMs && position !== null && versionstamp <= position
        );
        expect(early).toBe(true);
      }
    }
  }

  /** Places that trimming has emptied or taken away. */
  async removedEvents(): Promise<number> {
    let removed = 0;
    for (const partition of this.full.keys()) {
      removed += (await readTrimState(this.kv, this.reader.generation, partition)).removed;
    }
    return removed;
  }

  /** A projection of the log as it is and one of all that was ever appended have the same rows. */
  async expectSameRows(): Promise<void> {
    for (const [partition, stored] of (await this.stored()).entries()) {
      const full = (this.full[partition] ?? []).map(({ position, raw }): [string, unknown] => [
        `${position.versionstamp}/${position.index}`,
        raw,
      ]);
      expect(rowsOf(stored)).toEqual(rowsOf(new Map(full)));
    }
  }

  /** Nothing is missing in the account of all events. */
  async expectAccount(): Promise<void> {
    for (const [partition, stored] of (await this.stored()).entries()) {
      const { events } = await countAppended(this.kv, this.reader, partition);
      const trimmed = await readTrimState(this.kv, this.reader.generation, partition);
      expect(events).toBe(this.full[partition]?.length ?? 0);
      expect(stored.size + trimmed.events).toBe(events);
      for (const id of await this.#present()) {
        const { checkpoint, versionstamp } = await readCheckpoint(this.kv, id, partition);
        const { committed, rows } = checkpoint;
        const waiting = await this.reader.count(partition, committed);
        const gone = versionstamp === null ? trimmed.events : checkpoint.trimmed;
        expect(rows + gone + waiting.events).toBe(events);
      }
    }
  }
}

interface RawEvent {
  readonly id: string;
  readonly project: string;
  readonly type: string;
  readonly at: string;
  readonly data: Record<string, string | null>;
  readonly payloads?: { readonly request: { readonly stored: { readonly as: string } } };
}

/** What a projection makes of entries in their order: by id, what is left of a call's body. */
function rowsOf(entries: ReadonlyMap<string, unknown>): Map<string, string> {
  const rows = new Map<string, { event: RawEvent; body: string }>();
  for (const raw of entries.values()) {
    const event = raw as RawEvent;
    const { calls_before = null, bodies_before = null, user_id } = event.data;
    if (event.type === "call.completed") {
      rows.set(event.id, { event, body: event.payloads?.request.stored.as ?? "none" });
    }
    for (const [id, row] of event.type === "call.completed" ? [] : rows) {
      if (row.event.project !== event.project) continue;
      const isOld = calls_before !== null && row.event.at < calls_before;
      const isErased = event.type === "data.erased" && row.event.data.user_id === user_id;
      if (isOld || isErased) rows.delete(id);
      else if (bodies_before !== null && row.event.at < bodies_before) row.body = "removed";
    }
  }
  return new Map([...rows].map(([id, { body }]) => [id, body]));
}

function before(versionstamp: string): string {
  return (BigInt(`0x${versionstamp}`) - 1n).toString(16).padStart(20, "0");
}
