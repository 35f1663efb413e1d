/**
 * What a project has decided, as versions: each change replaces the whole, is an event in the log and
 * only then in effect. The log is the truth; what is kept here in KV is the last state, which every
 * process reads at most every few seconds.
 *
 * Guarantees: nothing holds that the log does not have; changes of one project are numbered without a
 * gap; a change that was cut off between log and KV is finished by whoever comes next.
 *
 * @module
 */
import { AppError } from "../error.ts";
import type { EventDraft, LogReader, LogWriter } from "../log/contract.ts";
import type { KvPort } from "../log/kv.ts";
import { Remembered } from "../remembered.ts";

/** A whole state; versions count a project's changes from 1, and 0 is the state before any. */
export interface Versioned {
  readonly version: number;
}

/** A state, and when it became so. */
export type Kept<T extends Versioned> = T & {
  /** Null while nothing was ever changed. */
  readonly changed_at: string | null;
};

/** What a book keeps. */
export interface Subject<T extends Versioned> {
  /** The book's own place in KV. */
  readonly place: Deno.KvKey;
  /** The state of a project that has changed nothing. */
  readonly empty: T;
  /** @throws when a stored state is not of this form */
  parse(stored: unknown): T;
  /** The event that tells of a state. */
  event(state: T): Pick<EventDraft, "type" | "v" | "data">;
  /** The state that an event of the log tells of, or null when it is about something else. */
  fromEvent(
    event: { readonly type: unknown; readonly v: unknown; readonly data: unknown },
  ): T | null;
  /** The request field to name when a state is too large to keep. */
  readonly field: string;
}

export interface BookPorts {
  readonly kv: KvPort;
  readonly log: Pick<LogWriter, "append">;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Makes event ids. */
  readonly newId: () => string;
  /** Monotonic milliseconds. @default {performance.now} */
  readonly monotonic?: () => number;
}

export interface Book<T extends Versioned> {
  /** As of now. */
  get(project: string): Promise<Kept<T>>;
  /** As of at most five seconds ago: from memory, a promise only when nothing fresh enough is there. */
  recent(project: string): T | Promise<T>;
  /**
   * Replaces a project's state; resolves when the change is in the log and holds.
   *
   * @param next makes the new state from its version
   * @param replaces the version that the caller has seen; a later one must not be overwritten
   * @throws {AppError} `conflict` when there is a later one, `bad_request` when it is too much to keep
   */
  put(project: string, next: (version: number) => T, replaces?: number): Promise<Kept<T>>;
  /** Resolves when nothing is being read. */
  idle(): Promise<void>;
}

/** Below the 64 KiB that a KV value may have. */
const mostBytes = 60_000;

/** Bytes of JSON, because only their number is known beforehand. */
interface Stored {
  readonly changed_at: string;
  readonly data: Uint8Array;
}

/** A change that may not be in the log yet. */
interface Change extends Stored {
  readonly event_id: string;
}

const utf8 = new TextEncoder();
const text = new TextDecoder();

export function createBook<T extends Versioned>(subject: Subject<T>, ports: BookPorts): Book<T> {
  const { kv, log, now, newId } = ports;
  const keptPath = (project: string) => [...subject.place, "project", project];
  const changePath = (project: string) => [...subject.place, "change", project];
  const remembered = new Remembered<T>({
    read: async (project) => stateOf(subject, (await kv.get<Stored>(keptPath(project))).value),
    now: ports.monotonic ?? (() => performance.now()),
  });

  async function get(project: string): Promise<Kept<T>> {
    await finishChange(project);
    const { value } = await kv.get<Stored>(keptPath(project));
    return { ...stateOf(subject, value), changed_at: value?.changed_at ?? null };
  }

  async function put(
    project: string,
    next: (version: number) => T,
    replaces?: number,
  ): Promise<Kept<T>> {
    while (true) {
      await finishChange(project);
      const kept = await kv.get<Stored>(keptPath(project));
      const { version } = stateOf(subject, kept.value);
      if (replaces !== undefined && replaces !== version) {
        throw new AppError("conflict", { field: "replaces", version });
      }
      const state = next(version + 1);
      const data = bytesOf(subject, state);
      const changed_at = new Date(now()).toISOString();
      const change: Change = { event_id: newId(), changed_at, data };
      const begun = await kv.atomic()
        .check(kept)
        .check({ key: changePath(project), versionstamp: null })
        .set(changePath(project), change)
        .commit();
      if (!begun.ok) continue;
      await finishChange(project);
      return { ...state, changed_at };
    }
  }

  /** Brings a change that was begun into the log and then into effect. Safe to repeat, and at once. */
  async function finishChange(project: string): Promise<void> {
    const change = await kv.get<Change>(changePath(project));
    if (!change.value) return;
    const { event_id, changed_at, data } = change.value;
    // The subject pairs type and data; the union of all drafts cannot say so.
    const draft = {
      id: event_id,
      project,
      at: changed_at,
      ...subject.event(parsed(subject, data)),
    };
    await log.append(draft as EventDraft);
    await kv.atomic()
      .check(change)
      .set(keptPath(project), { changed_at, data } satisfies Stored)
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

/**
 * Brings a book to the state that the log tells of: after a restore, or when KV was lost.
 *
 * @returns how many states were brought
 */
export async function replayBook<T extends Versioned>(
  subject: Subject<T>,
  kv: KvPort,
  reader: LogReader,
): Promise<number> {
  let brought = 0;
  for (let partition = 0; partition < reader.partitions; partition++) {
    let after: string | null = null;
    while (true) {
      const records = await reader.read(partition, { after });
      const last = records.at(-1);
      if (!last) break;
      for (const { entries } of records) {
        for (const { raw } of entries) if (await bring(subject, kv, raw)) brought++;
      }
      after = last.versionstamp;
    }
  }
  return brought;
}

async function bring<T extends Versioned>(
  subject: Subject<T>,
  kv: KvPort,
  raw: unknown,
): Promise<boolean> {
  const { type, v, data, project, at } = fields(raw);
  const state = subject.fromEvent({ type, v, data });
  if (!state) return false;
  const kept = await kv.get<Stored>([...subject.place, "project", String(project)]);
  if (stateOf(subject, kept.value).version >= state.version) return false;
  const next: Stored = { changed_at: String(at), data: bytesOf(subject, state) };
  return (await kv.atomic().check(kept).set(kept.key, next).commit()).ok;
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function bytesOf<T extends Versioned>({ field }: Subject<T>, state: T): Uint8Array {
  const bytes = utf8.encode(JSON.stringify(state));
  if (bytes.length <= mostBytes) return bytes;
  throw new AppError("bad_request", {
    fields: [{ field, expected: `must have at most ${mostBytes} bytes as JSON` }],
  });
}

function stateOf<T extends Versioned>(subject: Subject<T>, stored: Stored | null): T {
  return stored ? parsed(subject, stored.data) : subject.empty;
}

function parsed<T extends Versioned>(subject: Subject<T>, data: Uint8Array): T {
  return subject.parse(JSON.parse(text.decode(data)));
}
