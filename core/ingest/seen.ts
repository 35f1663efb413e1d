/**
 * Which ids were used in the last 24 hours, and for what: how an event that is sent again is told
 * from a new one.
 *
 * An id is stored in the commit of its event (`Companion`), so there is never one without the other,
 * whatever is killed when: all ids of a commit as one value. Those of late stand in a table in memory,
 * read anew when a process starts; the others in segments of the store, each with a filter in memory that
 * says which ids it does not have. What the filter does not rule out is looked up exactly. Ids of two
 * projects cannot meet: the project is part of the hash.
 *
 * @module
 */
import { hash } from "node:crypto";
import { Buffer } from "node:buffer";
import { defaultRetry, retried } from "../log/commit.ts";
import type { Companion } from "../log/contract.ts";
import type { KvPort } from "../log/kv.ts";
import { contentBytes, entryOf, type Found, markBytes } from "./ids/entry.ts";
import { RecentIds } from "./ids/recent_ids.ts";
import { lookUp, publish, readSegments, type Segment, writeSegment } from "./ids/segment.ts";

/** How long an id is remembered. */
export const rememberedMs = 24 * 60 * 60 * 1000;

/** A hash of an id and its project: 16 bytes in hex. */
export type Mark = string;

export type MarkKind = "event" | "request";

/** What stands behind an id: 8 bytes out of the content's hash, in hex. */
export type ContentHash = string;

/** An id and what it is used for. */
export interface Marked {
  readonly mark: Mark;
  readonly content: ContentHash;
}

/** The mark of an id, or of an `Idempotency-Key`. */
export function markOf(project: string, kind: MarkKind, id: string): Mark {
  return hash("sha256", `${kind}\0${project}\0${id}`, "hex").slice(0, 2 * markBytes);
}

/** Hex; long enough to tell one event's content from another's under the same id. */
export function contentHash(content: string | Uint8Array): ContentHash {
  return hash("sha256", content, "hex").slice(0, 2 * contentBytes);
}

/** Where the log puts the ids of a commit. */
const listName = "ids";
/** Says up to where the ids stand in segments. */
const mergedKey: Deno.KvKey = ["ids_merged"];
/** Stored this much longer: the clocks of processes differ. */
const slackMs = 10 * 60 * 1000;
const expireIn = rememberedMs + slackMs;
/** For how long others' ids are looked for once a commit's outcome was unknown: it may land late. */
const doubtMs = 10 * 60 * 1000;

export interface Seen {
  /** What each id was used for; null for those that were not. In the order of the marks. */
  find(marks: readonly Mark[]): Promise<readonly (ContentHash | null)[]>;
  /** What to store beside the event that uses the id. */
  companion(marked: Marked): Companion;
  /** What was stored beside an event is in the log. */
  remember(companion: Companion): void;
  /** An event with an id may be in the log or not: it is looked for from now on. */
  doubt(): void;
}

export interface SeenOptions {
  readonly kv: Pick<KvPort, "get" | "getMany" | "list" | "atomic">;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /**
   * Whether no other process writes ids into this store; else every look-up begins with what others wrote
   * since the one before. @default {false}
   */
  readonly alone?: boolean;
  /** Ids of late that are kept in memory; with more of them a segment is written. @default {262_144} */
  readonly mostRecent?: number;
  /** Told when a segment cannot be written. */
  readonly report?: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

export interface OpenSeen extends Seen {
  /** Ends what it does in the background. */
  close(): Promise<void>;
}

/** Begins to read the store at once; the first look-up waits for it. */
export function createSeen(options: SeenOptions): OpenSeen {
  return new Index(options);
}

class Index implements OpenSeen {
  readonly #kv: SeenOptions["kv"];
  readonly #now: () => number;
  readonly #alone: boolean;
  readonly #mostRecent: number;
  readonly #report: NonNullable<SeenOptions["report"]>;
  /** Ids of late. */
  #current = new RecentIds();
  /** Those that are being written as a segment. */
  #older: RecentIds | null = null;
  #segments: Segment[] = [];
  /** The versionstamp up to which the ids stand in segments; empty: none do. */
  #merged = "";
  /** The versionstamp up to which the store's list was read. */
  #read = "";
  #doubtUntil = 0;
  #loading: Promise<void> | null = null;
  #reading: Promise<void> = Promise.resolve();
  /** A reading that has not begun: it sees all that was committed until now. */
  #nextReading: Promise<void> | null = null;
  /** Goes up with every doubt. */
  #doubts = 0;
  #merging: Promise<void> | null = null;
  #closed = false;
  /** The mark that is looked for. */
  readonly #asked = new Uint8Array(markBytes);

  constructor({ kv, now, alone = false, mostRecent = 262_144, report }: SeenOptions) {
    this.#kv = kv;
    this.#now = now;
    this.#alone = alone;
    this.#mostRecent = mostRecent;
    this.#report = report ?? (() => {});
    // A failure shows at the first look-up, which begins anew.
    this.#load().catch(() => {});
  }

  async find(marks: readonly Mark[]): Promise<readonly (ContentHash | null)[]> {
    if (marks.length === 0) return [];
    if (this.#loading !== loaded) await this.#load();
    if (!this.#alone || this.#now() < this.#doubtUntil) await this.#readNew();
    const oldest = Math.floor((this.#now() - rememberedMs) / 1_000);
    const found = marks.map((mark) => this.#findRecent(mark));
    await this.#findOlder(marks, found, oldest);
    return found.map((one) => one && one.at >= oldest ? one.content : null);
  }

  companion({ mark, content }: Marked): Companion {
    const value = entryOf(mark, content, this.#seconds());
    return { key: [listName], value, expireIn, joined: true };
  }

  remember({ value }: Companion): void {
    this.#current.addAll(value);
    this.#mergeWhenFull();
  }

  doubt(): void {
    this.#doubts++;
    this.#doubtUntil = this.#now() + doubtMs;
    // Later commits of this process may have passed the doubtful one: all of it is read again.
    this.#read = this.#merged;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled([this.#loading, this.#nextReading, this.#reading, this.#merging]);
  }

  #seconds(): number {
    return Math.max(0, Math.floor(this.#now() / 1_000));
  }

  #findRecent(mark: Mark): Found | null {
    this.#asked.setFromHex(mark);
    return latest(this.#current.find(this.#asked), this.#older?.find(this.#asked));
  }

  /** Looks marks up in segments, where memory does not answer. */
  async #findOlder(
    marks: readonly Mark[],
    found: (Found | null)[],
    oldest: number,
  ): Promise<void> {
    if (this.#segments.length === 0) return;
    const questions: { segment: Segment; mark: Uint8Array; place: number }[] = [];
    marks.forEach((hex, place) => {
      const known = found[place];
      if (known && known.at >= oldest) return;
      const mark = Uint8Array.fromHex(hex);
      for (const segment of this.#segments) {
        if (!segment.absence.isAbsent(mark)) questions.push({ segment, mark, place });
      }
    });
    if (questions.length === 0) return;
    const answers = await lookUp(this.#kv, questions);
    answers.forEach((answer, i) => {
      // As many answers as questions.
      const { place } = questions[i] as typeof questions[number];
      found[place] = latest(found[place] ?? null, answer);
    });
  }

  #load(): Promise<void> {
    return this.#loading ??= this.#loadOnce().then(() => {
      this.#loading = loaded;
    }, (error) => {
      this.#loading = null;
      throw error;
    });
  }

  async #loadOnce(): Promise<void> {
    this.#merged = await this.#mergedUpTo();
    this.#segments = await readSegments(this.#kv, new Set());
    this.#read = this.#merged;
    await this.#readOnce();
  }

  async #mergedUpTo(): Promise<string> {
    const { value } = await this.#kv.get(mergedKey);
    return typeof value === "string" ? value : "";
  }

  /** Reads what was committed since the last time. */
  #readNew(): Promise<void> {
    return this.#nextReading ??= this.#reading.catch(() => {}).then(() => {
      this.#nextReading = null;
      return this.#reading = this.#readOnce();
    });
  }

  async #readOnce(): Promise<void> {
    const doubts = this.#doubts;
    await this.#readList(this.#read, (entries, versionstamp) => {
      this.#current.addAll(entries);
      // A doubt that came meanwhile has all of it read again.
      if (doubts === this.#doubts) this.#read = versionstamp;
    });
    this.#mergeWhenFull();
  }

  async #readList(
    after: string,
    take: (entries: Uint8Array, versionstamp: string) => void,
  ): Promise<void> {
    const selector = after === ""
      ? { prefix: [listName] }
      : { prefix: [listName], start: [listName, `${after}\0`] };
    for await (const { key, value } of this.#kv.list(selector, { batchSize: 500 })) {
      // What was read of the list is not all of it: nothing may be concluded from it.
      if (this.#closed) throw new Error("The index of ids is closed");
      if (value instanceof Uint8Array) take(value, String(key[1]));
    }
  }

  #mergeWhenFull(): void {
    if (this.#merging || this.#closed || this.#current.count < this.#mostRecent) return;
    this.#merging = this.#merge().catch((error: unknown) => {
      if (this.#closed) return;
      this.#report("Ids of events could not be divided into segments: they stay in memory", {
        reason: String(error),
      });
    }).finally(() => {
      this.#merging = null;
    });
  }

  /**
   * Writes the list's ids as a segment. What is remembered before it begins is in the list by then, so the
   * table that held it may go once the segment is there.
   */
  async #merge(): Promise<void> {
    const older = this.#older = withAll(this.#older, this.#current);
    this.#current = new RecentIds();
    const before = await this.#kv.get(mergedKey);
    const from = typeof before.value === "string" ? before.value : "";
    const lists: Uint8Array[] = [];
    let upTo = from;
    await this.#readList(from, (entries, versionstamp) => {
      lists.push(entries);
      upTo = versionstamp;
    });
    if (this.#closed || lists.length === 0) return;
    const until = this.#now() + expireIn;
    const segment = await writeSegment(this.#kv, Buffer.concat(lists), until, expireIn);
    const isFirst = await retried(defaultRetry, async () => {
      const operation = this.#kv.atomic().check(before).set(mergedKey, upTo);
      const { ok } = await publish(operation, segment, expireIn).commit();
      return ok || await this.#mergedUpTo() === upTo;
    });
    // Another process was first: its segments hold what ours would.
    const known = new Set(this.#segments.map(({ id }) => id));
    const others = isFirst ? [segment] : await readSegments(this.#kv, known);
    this.#segments = [...this.#segments, ...others].filter(({ until }) => until > this.#now());
    if (!isFirst && await this.#mergedUpTo() < upTo) return;
    this.#merged = upTo;
    if (this.#older === older) this.#older = null;
  }
}

/** Stands for a loading that is over. */
const loaded = Promise.resolve();

function latest(one: Found | null, other: Found | null | undefined): Found | null {
  if (!one || !other) return one ?? other ?? null;
  return other.at > one.at ? other : one;
}

/** One table out of two. */
function withAll(older: RecentIds | null, current: RecentIds): RecentIds {
  if (!older) return current;
  older.addAll(current.entries);
  return older;
}
