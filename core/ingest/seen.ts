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

function keyOf({ key }: Mark): Deno.KvKey {
  return ["seen", key];
}

export interface Seen {
  /** What each id was used for; null for those that were not. In the order of the marks. */
  find(marks: readonly Mark[]): Promise<readonly (ContentHash | null)[]>;
  /** What to store beside the event that uses the id. */
  companion(mark: Mark, content: ContentHash): Companion;
}

export function createSeen(kv: Pick<KvPort, "getMany">): Seen {
  async function read(marks: readonly Mark[]): Promise<(ContentHash | null)[]> {
    const entries = await kv.getMany(marks.map(keyOf));
    return entries.map(({ value }) => value instanceof Uint8Array ? value : null);
  }

  return {
    async find(marks) {
      const reads: Promise<(ContentHash | null)[]>[] = [];
      for (let at = 0; at < marks.length; at += keysPerRead) {
        reads.push(read(marks.slice(at, at + keysPerRead)));
      }
      return (await Promise.all(reads)).flat();
    },
    companion: (mark, content) => ({ key: keyOf(mark), value: content, expireIn: rememberedMs }),
  };
}
