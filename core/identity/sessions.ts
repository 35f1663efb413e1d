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
  /** Stands for the password that is configured now; null when there is none. */
  readonly password: string | null;
}

/** `password`: the one that opened it, which must still be the configured one. A link's has none. */
interface StoredSession extends Session {
  readonly password?: string;
}

const day = 86_400_000;
const lifetime = 30 * day;

export function createSessions({ kv, random, now, password }: SessionsOptions): Sessions {
  const at = (time: number) => new Date(time).toISOString();
  const path = (token: string) => ["identity", "session", tokenDigest(token)];

  async function create(way: "password" | "link" = "link") {
    const token = randomToken(random);
    const session = {
      id: tokenDigest(token).slice(0, 16),
      createdAt: at(now()),
      expiresAt: at(now() + lifetime),
    };
    const stored: StoredSession = way === "password" && password !== null
      ? { ...session, password }
      : session;
    await kv.set(path(token), stored, { expireIn: lifetime });
    return { token, session };
  }

  async function read(token: string): Promise<Session | null> {
    const stored = await kv.get<StoredSession>(path(token));
    if (!stored.value) return null;
    const { password: opener, ...session } = stored.value;
    if (opener !== undefined && opener !== password) return null;
    const left = Date.parse(session.expiresAt) - now();
    if (left <= 0) return null;
    if (left > lifetime - day) return session;
    const expiresAt = at(now() + lifetime);
    const extended: StoredSession = { ...stored.value, expiresAt };
    // The check keeps a sign-out that happens meanwhile.
    await kv.atomic().check(stored).set(path(token), extended, { expireIn: lifetime }).commit();
    return { ...session, expiresAt };
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
