/**
 * Dashboard sessions in KV. Owns `["identity", "session", …]`: the digest of a random token, with the
 * expiry inside the value, because a store's own expiry is only a promise to delete some day.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { KvPort } from "../log/kv.ts";
import type { Session } from "./contract.ts";
import type { Random } from "./key_format.ts";
import type { Sessions } from "./types.ts";

export interface SessionsOptions {
  readonly kv: KvPort;
  readonly random: Random;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const day = 86_400_000;
const lifetime = 30 * day;

export function createSessions({ kv, random, now }: SessionsOptions): Sessions {
  const at = (time: number) => new Date(time).toISOString();
  const path = (token: string) => ["identity", "session", tokenDigest(token)];

  async function create() {
    const token = randomToken(random);
    const session = {
      id: tokenDigest(token).slice(0, 16),
      createdAt: at(now()),
      expiresAt: at(now() + lifetime),
    };
    await kv.set(path(token), session, { expireIn: lifetime });
    return { token, session };
  }

  async function read(token: string): Promise<Session | null> {
    const stored = await kv.get<Session>(path(token));
    if (!stored.value) return null;
    const left = Date.parse(stored.value.expiresAt) - now();
    if (left <= 0) return null;
    if (left > lifetime - day) return stored.value;
    const extended = { ...stored.value, expiresAt: at(now() + lifetime) };
    // The check keeps a sign-out that happens meanwhile.
    await kv.atomic().check(stored).set(path(token), extended, { expireIn: lifetime }).commit();
    return extended;
  }

  return { create, read, end: (token) => kv.delete(path(token)) };
}

/** 256 random bits, base64url. */
export function randomToken(random: Random): string {
  return btoa(String.fromCharCode(...random(32)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** What is stored instead of a token. 256 random bits need neither salt nor a slow hash. */
export function tokenDigest(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
