/**
 * The two ways into the dashboard: the admin password, and links that work once. Owns
 * `["identity", "sign_in_link", …]`.
 *
 * @module
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { KvPort } from "../log/kv.ts";
import type { FailureLimit } from "./failure_limit.ts";
import type { Random } from "./key_format.ts";
import { randomToken, tokenDigest } from "./sessions.ts";
import type { Sessions, SignIn, SignInResult } from "./types.ts";

export interface SignInOptions {
  readonly kv: KvPort;
  readonly sessions: Sessions;
  readonly limit: FailureLimit;
  readonly random: Random;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** `WATCHLLM_ADMIN_PASSWORD`. */
  readonly password: string | undefined;
  /** The master key's derivation for `password`. */
  readonly pepper: Uint8Array;
}

const linkLifetime = 15 * 60_000;

interface StoredLink {
  readonly expires_at: string;
}

export function createSignIn(options: SignInOptions): SignIn {
  const { kv, sessions, limit, random, now, password, pepper } = options;
  const digest = (text: string) => createHmac("sha256", pepper).update(text).digest();
  const expected = password === undefined ? null : digest(password);
  const linkPath = (token: string) => ["identity", "sign_in_link", tokenDigest(token)];

  async function attempt(
    way: "password" | "link",
    address: string,
    isRight: () => boolean | Promise<boolean>,
  ): Promise<SignInResult> {
    const retryAfter = limit.wait(address);
    if (retryAfter > 0) return { ok: false, reason: "limited", retryAfter };
    const checked = isRight();
    // No pause between the limit's answer and the count for passwords: attempts at once count one by one.
    const right = typeof checked === "boolean" ? checked : await checked;
    if (right) return { ok: true, ...await sessions.create(way) };
    limit.failed(address);
    return { ok: false, reason: "wrong" };
  }

  /** Of several that use one link at the same moment, exactly one is let in. */
  async function takeLink(token: string): Promise<boolean> {
    const stored = await kv.get<StoredLink>(linkPath(token));
    if (!stored.value) return false;
    const taken = await kv.atomic().check(stored).delete(stored.key).commit();
    return taken.ok && Date.parse(stored.value.expires_at) > now();
  }

  return {
    hasPassword: expected !== null,
    withPassword: (given, address) =>
      attempt(
        "password",
        address,
        () => expected !== null && timingSafeEqual(digest(given), expected),
      ),
    withLink: (token, address) => attempt("link", address, () => takeLink(token)),
    async createLink() {
      const token = randomToken(random);
      const link: StoredLink = { expires_at: new Date(now() + linkLifetime).toISOString() };
      await kv.set(linkPath(token), link, { expireIn: linkLifetime });
      return token;
    },
  };
}

/** What sessions remember of the password that opened them. Says nothing without the master key. */
export function passwordMark(password: string, pepper: Uint8Array): string {
  return createHmac("sha256", pepper).update(`session\0${password}`).digest("hex").slice(0, 32);
}
