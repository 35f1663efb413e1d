/**
 * Which ids were used in the last 24 hours, and for what: how an event that is sent again is told
 * from a new one.
 *
 * An entry is stored in the commit of its event (`Companion`), so there is never one without the
 * other, whatever is killed when. Ids of two projects cannot meet: the project is part of the hash.
 *
 * @module
 */
import { hash } from "node:crypto";
import { Buffer } from "node:buffer";
import { Absence } from "./absence.ts";
import type { Companion } from "../log/contract.ts";
import type { KvPort } from "../log/kv.ts";

/** How long an id is remembered. */
export const rememberedMs = 24 * 60 * 60 * 1000;

/** An id of a project, ready to be looked up. */
export interface Mark {
  readonly key: Uint8Array;
  /** The same as text. */
  readonly text: string;
}

export type MarkKind = "event" | "request";

/** What stands behind an id: 8 bytes out of the content's hash. */
export type ContentHash = Uint8Array;

/** The mark of an id, or of an `Idempotency-Key`. */
export function markOf(project: string, kind: MarkKind, id: string): Mark {
  const digest = hash("sha256", `${kind}\0${project}\0${id}`, "buffer").subarray(0, 16);
  return { key: digest, text: digest.toString("latin1") };
}

export function contentHash(content: string | Uint8Array): ContentHash {
  return hash("sha256", content, "buffer").subarray(0, 8);
}

export function sameContent(one: ContentHash, other: ContentHash): boolean {
  return Buffer.compare(one, other) === 0;
}

/** What one `getMany()` may ask for. */
const keysPerRead = 10;

const place = "seen";

function keyOf({ key }: Mark): Deno.KvKey {
  return [place, key];
}

export interface Seen {
  /** What each id was used for; null for those that were not. In the order of the marks. */
  find(marks: readonly Mark[]): Promise<readonly (ContentHash | null)[]>;
  /** What to store beside the event that uses the id. */
  companion(mark: Mark, content: ContentHash): Companion;
}

export interface SeenOptions {
  readonly kv: Pick<KvPort, "getMany" | "list">;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /**
   * Whether no other process writes ids into this store: then new ones are told without reading, once
   * the ids of before were read. @default {false}
   */
  readonly alone?: boolean;
}

export interface OpenSeen extends Seen {
  /** Stops reading the ids of before. */
  close(): Promise<void>;
}

export function createSeen({ kv, now, alone = false }: SeenOptions): OpenSeen {
  const absence = alone ? new Absence(rememberedMs) : null;
  let ready = false;
  let closed = false;
  const seeding = absence ? seed(absence) : Promise.resolve();

  /** Adds what was stored before this process. Until then, and if it fails, the store is asked. */
  async function seed(into: Absence): Promise<void> {
    try {
      for await (const { key } of kv.list({ prefix: [place] }, { batchSize: 500 })) {
        if (closed) return;
        if (key[1] instanceof Uint8Array) into.add(key[1], now());
      }
      ready = true;
    } catch {
      // The store cannot be read just now: every look-up says so itself.
    }
  }

  async function read(marks: readonly Mark[]): Promise<(ContentHash | null)[]> {
    const entries = await kv.getMany(marks.map(keyOf));
    return entries.map(({ value }) => value instanceof Uint8Array ? value : null);
  }

  return {
    async find(marks) {
      const doubtful = ready && absence ? marks.filter(({ key }) => !absence.isAbsent(key)) : marks;
      const reads: Promise<(ContentHash | null)[]>[] = [];
      for (let at = 0; at < doubtful.length; at += keysPerRead) {
        reads.push(read(doubtful.slice(at, at + keysPerRead)));
      }
      const found = (await Promise.all(reads)).flat();
      if (doubtful.length === marks.length) return found;
      const byMark = new Map(doubtful.map(({ text }, i) => [text, found[i] ?? null]));
      return marks.map(({ text }) => byMark.get(text) ?? null);
    },
    companion(mark, content) {
      absence?.add(mark.key, now());
      return { key: keyOf(mark), value: content, expireIn: rememberedMs };
    },
    async close() {
      closed = true;
      await seeding;
    },
  };
}
