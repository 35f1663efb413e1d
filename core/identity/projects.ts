/**
 * Projects in KV, and the way to the first one. Owns `["identity", "project", …]`.
 *
 * @module
 */
import { ulid } from "ulid";
import type { KvPort } from "../log/kv.ts";
import type { CachedKeyVerifier } from "./key_verifier.ts";
import { type Environment, makeKey, parseKey, type Random } from "./key_format.ts";
import {
  addKey,
  type KeyDigest,
  keyInfo,
  keyPath,
  type KeyRecord,
  listKeys,
  markRevoked,
  sameDigest,
} from "./keys.ts";
import type { IssuedKey, Project, Projects } from "./types.ts";

export interface ProjectsOptions {
  readonly kv: KvPort;
  readonly digest: KeyDigest;
  readonly random: Random;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Told of keys that are revoked here. */
  readonly verifier?: Pick<CachedKeyVerifier, "forget">;
}

/** The id of the project that every installation begins with. */
export const firstProjectId = "default";

const projectPath = (id: string) => ["identity", "project", id];

/** An outcome of `bootstrap()`; `detail` is for the operator and holds no secret. */
export type Bootstrap =
  | {
    readonly ok: true;
    readonly project: Project;
    /** A key that was made now: print it, nobody can read it again. */
    readonly made: IssuedKey | null;
    /** Something the operator should know. */
    readonly warning?: string;
  }
  | { readonly ok: false; readonly detail: string };

export interface BootstrappedProjects extends Projects {
  /**
   * Makes sure that the first project exists and that `configuredKey`, when there is one, opens it.
   * Safe to repeat and to run in several processes at once.
   */
  bootstrap(configuredKey?: string): Promise<Bootstrap>;
}

export function createProjects(options: ProjectsOptions): BootstrappedProjects {
  const { kv, digest, random, now, verifier } = options;
  const today = () => new Date(now()).toISOString();

  function draft(project: string, key: string): { keyId: string; record: KeyRecord } {
    const parsed = parseKey(key);
    if (!parsed) throw new Error("A project key of another form was about to be stored.");
    const record = {
      project,
      environment: parsed.environment,
      digest: digest(key),
      created_at: today(),
      revoked_at: null,
    };
    return { keyId: parsed.keyId, record };
  }

  async function createProject(
    project: Project,
    key: string,
  ): Promise<IssuedKey | null> {
    const { keyId, record } = draft(project.id, key);
    const operation = kv.atomic()
      .check({ key: projectPath(project.id), versionstamp: null })
      .set(projectPath(project.id), project);
    const done = await addKey(operation, keyId, record).commit();
    return done.ok ? { key, info: keyInfo(keyId, record, null) } : null;
  }

  async function create(name: string) {
    while (true) {
      const project = { id: `prj_${ulid(now()).toLowerCase()}`, name, created_at: today() };
      const issued = await createProject(project, makeKey("live", random));
      // Not issued: an id of 71 random bits was taken. Another one will not be.
      if (issued) return { project, issued };
    }
  }

  async function get(id: string): Promise<Project | null> {
    return (await kv.get<Project>(projectPath(id))).value;
  }

  async function list(): Promise<readonly Project[]> {
    const projects: Project[] = [];
    for await (const { value } of kv.list<Project>({ prefix: ["identity", "project"] })) {
      projects.push(value);
    }
    return projects.sort((a, b) => a.created_at < b.created_at ? -1 : 1);
  }

  async function issueKey(projectId: string, environment: Environment = "live") {
    while (await get(projectId)) {
      const key = makeKey(environment, random);
      const { keyId, record } = draft(projectId, key);
      const done = await addKey(kv.atomic(), keyId, record).commit();
      if (done.ok) return { key, info: keyInfo(keyId, record, null) };
    }
    return null;
  }

  async function revokeKey(projectId: string, keyId: string): Promise<boolean> {
    const revoked = await markRevoked(kv, projectId, keyId, today());
    if (revoked) verifier?.forget(keyId);
    return revoked;
  }

  async function keys(projectId: string) {
    return await get(projectId) ? await listKeys(kv, projectId) : null;
  }

  async function bootstrap(configuredKey?: string): Promise<Bootstrap> {
    const first = { id: firstProjectId, name: "Default", created_at: today() };
    if (!await get(firstProjectId)) {
      const issued = await createProject(first, configuredKey ?? makeKey("live", random));
      if (issued) return { ok: true, project: first, made: configuredKey ? null : issued };
    }
    // The project is there: made earlier, or a moment ago by another process.
    const project = await get(firstProjectId);
    if (!project) return keyTaken;
    return configuredKey ? await admit(project, configuredKey) : { ok: true, project, made: null };
  }

  async function admit(project: Project, key: string): Promise<Bootstrap> {
    const { keyId, record } = draft(project.id, key);
    await addKey(kv.atomic(), keyId, record).commit();
    const stored = await kv.get<KeyRecord>(keyPath(keyId));
    if (!stored.value || !sameDigest(stored.value.digest, record.digest)) return keyTaken;
    if (stored.value.project !== project.id) return keyTaken;
    return {
      ok: true,
      project,
      made: null,
      ...(stored.value.revoked_at && {
        warning:
          `WATCHLLM_BOOTSTRAP_KEY (${keyId}) was revoked and stays so: configure another key.`,
      }),
    };
  }

  return { create, list, get, keys, issueKey, revokeKey, bootstrap };
}

const keyTaken: Bootstrap = {
  ok: false,
  detail:
    "WATCHLLM_BOOTSTRAP_KEY has the public part of another key: change the 12 letters or digits in its middle.",
};
