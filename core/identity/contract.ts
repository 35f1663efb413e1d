/**
 * Who may do what: the project a key belongs to, and the person behind a dashboard session.
 *
 * @module
 */

/** The owner of a verified project key. */
export interface ProjectKey {
  readonly project: string;
  /** The key's public part (12 characters): safe to log and to store in events. */
  readonly keyId: string;
  readonly environment: "live" | "test";
}

/** Looks a presented project key up. Answers from memory for keys seen in the last seconds. */
export interface KeyVerifier {
  /** `null`: not of the form, unknown, wrong secret, or revoked (effective within 5 s). */
  verify(presented: string): ProjectKey | null | Promise<ProjectKey | null>;
}

/** A signed-in person. */
export interface Session {
  readonly id: string;
  readonly createdAt: string;
  readonly expiresAt: string;
}
