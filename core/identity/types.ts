/**
 * Projects, their keys as they may be shown, and what the dashboard's sign-in answers.
 *
 * @module
 */
import type { Session } from "./contract.ts";

export interface Project {
  readonly id: string;
  readonly name: string;
  readonly created_at: string;
}

/** What may be shown of a key: its secret is never kept. */
export interface KeyInfo {
  /** The public part, 12 characters. */
  readonly key_id: string;
  readonly environment: "live" | "test";
  readonly created_at: string;
  /** Written at most once an hour; null when it was never used. */
  readonly last_used_at: string | null;
  readonly revoked_at: string | null;
}

/** A new key, whole: shown once. */
export interface IssuedKey {
  readonly key: string;
  readonly info: KeyInfo;
}

export interface Projects {
  create(name: string): Promise<{ readonly project: Project; readonly issued: IssuedKey }>;
  /** Oldest first. */
  list(): Promise<readonly Project[]>;
  get(id: string): Promise<Project | null>;
  /** Oldest first, revoked ones included. Null: no such project. */
  keys(projectId: string): Promise<readonly KeyInfo[] | null>;
  /** Null: no such project. */
  issueKey(projectId: string, environment?: "live" | "test"): Promise<IssuedKey | null>;
  /** Effective at once here and within 5 s in other processes. False: this project has no such key. */
  revokeKey(projectId: string, keyId: string): Promise<boolean>;
}

/** Dashboard sessions. A token is what the cookie holds; only its digest is stored. */
export interface Sessions {
  /** One that a password opened ends when the password is changed. @param way `link` by default */
  create(way?: "password" | "link"): Promise<{ readonly token: string; readonly session: Session }>;
  /** Null when unknown, expired or opened with a former password. Reading extends a session that has used up a day of its life. */
  read(token: string): Promise<Session | null>;
  end(token: string): Promise<void>;
}

export type SignInResult =
  | { readonly ok: true; readonly token: string; readonly session: Session }
  | { readonly ok: false; readonly reason: "wrong" }
  /** Too many failures: try again after that many seconds. */
  | { readonly ok: false; readonly reason: "limited"; readonly retryAfter: number };

export interface SignIn {
  /** Whether a password is configured; without one only links open the dashboard. */
  readonly hasPassword: boolean;
  /** `address` is the client's, for the limit of failures. */
  withPassword(password: string, address: string): Promise<SignInResult>;
  /** A link's token works once, within 15 minutes. */
  withLink(linkToken: string, address: string): Promise<SignInResult>;
  /** A fresh one-time token; the page is `/sign-in?token=…`. */
  createLink(): Promise<string>;
}
