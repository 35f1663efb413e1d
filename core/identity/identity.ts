/**
 * Puts identity together from one KV handle and the master key.
 *
 * @module
 */
import type { KvPort } from "../log/kv.ts";
import { createFailureLimit } from "./failure_limit.ts";
import type { Random } from "./key_format.ts";
import { type CachedKeyVerifier, createKeyVerifier } from "./key_verifier.ts";
import { keyDigest } from "./keys.ts";
import type { MasterKey } from "./master_key.ts";
import { type BootstrappedProjects, createProjects } from "./projects.ts";
import { createSessions } from "./sessions.ts";
import { createSignIn, passwordMark } from "./sign_in.ts";
import type { Sessions, SignIn } from "./types.ts";

export interface IdentityOptions {
  readonly kv: KvPort;
  readonly masterKey: MasterKey;
  /** `WATCHLLM_ADMIN_PASSWORD`. */
  readonly adminPassword: string | undefined;
  readonly random: Random;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface Identity {
  readonly verifier: CachedKeyVerifier;
  readonly projects: BootstrappedProjects;
  readonly sessions: Sessions;
  readonly signIn: SignIn;
}

/**
 * Opens nothing by itself: the caller owns the KV handle. Await `verifier.idle()` before closing it.
 *
 * @example
 * ```ts
 * import { createIdentity } from "@/core/identity/identity.ts";
 * import { masterKey } from "@/core/identity/master_key.ts";
 * import { expect } from "expect";
 *
 * const kv = await Deno.openKv(":memory:");
 * const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));
 * const identity = createIdentity({
 *   kv,
 *   masterKey: masterKey(random(32)),
 *   adminPassword: undefined,
 *   random,
 *   now: Date.now,
 * });
 * const { project, issued } = await identity.projects.create("Search");
 * expect(await identity.verifier.verify(issued.key)).toMatchObject({ project: project.id });
 * await identity.verifier.idle();
 * kv.close();
 * ```
 */
export function createIdentity(options: IdentityOptions): Identity {
  const { kv, masterKey, adminPassword, random, now } = options;
  const digest = keyDigest(masterKey.derive("project-key"));
  const verifier = createKeyVerifier({ kv, digest, now });
  // Keys' pepper outlives a change of the master key, and sessions do, too.
  const pepper = masterKey.derive("project-key");
  const sessions = createSessions({
    kv,
    random,
    now,
    password: adminPassword === undefined ? null : passwordMark(adminPassword, pepper),
  });
  const signIn = createSignIn({
    kv,
    sessions,
    limit: createFailureLimit({ now }),
    random,
    now,
    password: adminPassword,
    pepper: masterKey.derive("password"),
  });
  return {
    verifier,
    sessions,
    signIn,
    projects: createProjects({ kv, digest, random, now, verifier }),
  };
}
