/**
 * Verifies presented project keys. A key seen in the last seconds costs one hash and no read; a
 * revocation is effective at once in this process and within `staleMs` in every other one, because no
 * answer is given from a record that was read longer ago.
 *
 * @module
 */
import { hash } from "node:crypto";
import type { KvPort } from "../log/kv.ts";
import type { KeyVerifier, ProjectKey } from "./contract.ts";
import { parseKey } from "./key_format.ts";
import { type KeyDigest, keyPath, type KeyRecord, keyUsedPath, sameDigest } from "./keys.ts";
import { Recent } from "../recent.ts";

interface Known {
  /** Null: the key is unknown, wrong or revoked. */
  readonly owner: ProjectKey | null;
  /** When the read behind it began, in milliseconds. */
  readonly readAt: number;
}

export interface KeyVerifierOptions {
  readonly kv: KvPort;
  readonly digest: KeyDigest;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** The oldest read that an answer may rest on. */
  readonly staleMs?: number;
  /** Keys remembered; as many refused ones are remembered apart, so that guesses cannot push keys out. */
  readonly capacity?: number;
}

export interface CachedKeyVerifier extends KeyVerifier {
  /** Forgets what is remembered of a key: call it when the key is revoked here. */
  forget(keyId: string): void;
  /** Resolves when no read or write of the verifier is under way. */
  idle(): Promise<void>;
}

const hour = 3_600_000;
const noDigest = "0".repeat(64);

export function createKeyVerifier(options: KeyVerifierOptions): CachedKeyVerifier {
  const { kv, digest, now, staleMs = 5_000, capacity = 10_000 } = options;
  const accepted = new Recent<Known>(capacity);
  const refused = new Recent<Known>(capacity);
  const reads = new Map<string, Promise<Known>>();
  const used = new Recent<number>(capacity);
  const background = new Set<Promise<unknown>>();
  // What is remembered goes by a hash that holds in this process only: an HMAC costs five of them.
  const salt = crypto.randomUUID();
  let generation = 0;

  function verify(presented: string): ProjectKey | null | Promise<ProjectKey | null> {
    const parsed = parseKey(presented);
    if (!parsed) return null;
    const name = `${parsed.keyId}${hash("sha256", salt + presented)}`;
    const known = accepted.get(name) ?? refused.get(name);
    const age = known ? now() - known.readAt : Infinity;
    if (known && age < staleMs) {
      // Half-way to the limit the next read starts beside the answer, so a busy key never waits.
      if (age > staleMs / 2) keep(read(name, parsed.keyId, presented).catch(() => {}));
      return note(known.owner);
    }
    return read(name, parsed.keyId, presented).then(({ owner }) => note(owner));
  }

  function read(name: string, keyId: string, presented: string): Promise<Known> {
    const running = reads.get(name);
    if (running) return running;
    const started = readNow(name, keyId, presented).finally(() => {
      // `forget` may have put a younger read in this place.
      if (reads.get(name) === started) reads.delete(name);
    });
    reads.set(name, started);
    return started;
  }

  async function readNow(name: string, keyId: string, presented: string): Promise<Known> {
    const readAt = now();
    const startedIn = generation;
    const { value } = await kv.get<KeyRecord>(keyPath(keyId));
    // An unknown id is compared as well, so that time does not tell it from a wrong secret.
    const same = sameDigest(value?.digest ?? noDigest, digest(presented));
    const owner = value && same && !value.revoked_at
      ? { project: value.project, keyId, environment: value.environment }
      : null;
    const known = { owner, readAt };
    // A read that began before a revocation here must not bring the key back.
    if (startedIn === generation) remember(name, known);
    return known;
  }

  function remember(name: string, known: Known): void {
    (known.owner ? refused : accepted).delete(name);
    (known.owner ? accepted : refused).set(name, known);
  }

  function note(owner: ProjectKey | null): ProjectKey | null {
    if (!owner) return null;
    const at = now();
    const last = used.get(owner.keyId);
    if (last === undefined || at - last >= hour) {
      used.set(owner.keyId, at);
      // Only a hint for people: losing it is no reason to fail a call.
      keep(kv.set(keyUsedPath(owner.keyId), new Date(at).toISOString()).catch(() => {}));
    }
    return owner;
  }

  function keep(work: Promise<unknown>): void {
    background.add(work);
    work.finally(() => background.delete(work));
  }

  return {
    verify,
    forget(keyId) {
      generation++;
      for (const known of [accepted, refused]) known.deletePrefix(keyId);
      for (const name of reads.keys()) if (name.startsWith(keyId)) reads.delete(name);
    },
    async idle() {
      while (background.size + reads.size > 0) {
        await Promise.allSettled([...background, ...reads.values()]);
      }
    },
  };
}
