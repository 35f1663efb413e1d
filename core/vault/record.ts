/**
 * A provider key in KV, under `["vault", "key", project, key id]`. The secret is in the envelope; the
 * provider and the kind stand there once more, so that a key cannot be turned towards another provider
 * by changing the record around it.
 *
 * @module
 */
import { z } from "zod";
import type { Random } from "./aes.ts";
import { type Binding, type Envelope, open, seal } from "./envelope.ts";
import type { Kek } from "./kek.ts";
import type { Credential, CredentialFacts, KeyHealth, ProviderKeyInfo } from "./types.ts";

export interface KeyRecord extends Envelope {
  readonly project: string;
  readonly id: string;
  /** Counts the secrets that the key has had. */
  readonly version: number;
  readonly provider: string;
  readonly kind: Credential["kind"];
  readonly label: string;
  readonly priority: number;
  readonly enabled: boolean;
  readonly last_four: string;
  readonly created_at: string;
  readonly updated_at: string;
}

export const allKeysPath = ["vault", "key"];
export const projectKeysPath = (project: string) => [...allKeysPath, project];
export const keyPath = (project: string, id: string) => [...projectKeysPath(project), id];

/** Where the record stands is what it is bound to, whatever the record says of itself. */
export function bindingAt(key: Deno.KvKey, { version }: KeyRecord): Binding {
  return { project: String(key[2]), keyId: String(key[3]), version };
}

const contents = z.object({
  provider: z.string(),
  credential: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("api_key"), key: z.string() }),
    z.object({
      kind: z.literal("aws"),
      access_key_id: z.string(),
      secret_access_key: z.string(),
      session_token: z.string().nullable(),
      region: z.string().nullable(),
    }),
    z.object({
      kind: z.literal("azure"),
      key: z.string(),
      endpoint: z.string(),
      api_version: z.string().nullable(),
      deployments: z.record(z.string(), z.string()),
    }),
    z.object({
      kind: z.literal("service_account"),
      client_email: z.string(),
      private_key: z.string(),
      project_id: z.string(),
    }),
  ]),
});

/** @param binding what the envelope is bound to: in another record it does not open */
export async function sealCredential(
  provider: string,
  credential: Credential,
  binding: Binding,
  { kek, random }: { readonly kek: Kek; readonly random: Random },
): Promise<Envelope> {
  const bytes = new TextEncoder().encode(JSON.stringify({ provider, credential }));
  try {
    return await seal(bytes, binding, kek, random);
  } finally {
    bytes.fill(0);
  }
}

/** Null when the record cannot be opened here, or was changed. */
export async function openCredential(
  key: Deno.KvKey,
  record: KeyRecord,
  kek: Kek,
): Promise<Credential | null> {
  const bytes = await open(record, bindingAt(key, record), kek);
  if (!bytes) return null;
  const { provider, credential } = contents.parse(JSON.parse(new TextDecoder().decode(bytes)));
  bytes.fill(0);
  return provider === record.provider && credential.kind === record.kind ? credential : null;
}

/** The last four characters, when they are a small part of the whole. */
export function lastFour(credential: Credential): string {
  if (credential.kind === "service_account") {
    return credential.client_email.split("@")[0]?.slice(-4) ?? "";
  }
  const shown = credential.kind === "aws" ? credential.access_key_id : credential.key;
  return shown.length >= 16 ? shown.slice(-4) : "";
}

/** What of a credential may be shown. */
export function factsOf(credential: Credential | null): CredentialFacts {
  switch (credential?.kind) {
    case "aws":
      return { region: credential.region };
    case "azure": {
      const { endpoint, api_version, deployments } = credential;
      return { endpoint, api_version, deployments };
    }
    case "service_account": {
      const { client_email, project_id } = credential;
      return { client_email, project_id };
    }
    default:
      return {};
  }
}

/** What people see of a provider's key: nothing that it could be used with. */
export function infoOf(
  id: string,
  record: KeyRecord,
  { health, credential, usedAt }: {
    readonly health: KeyHealth;
    /** Null when it cannot be read. */
    readonly credential: Credential | null;
    /** Milliseconds since 1970; null when it was never used. */
    readonly usedAt: number | null;
  },
): ProviderKeyInfo {
  const { provider, kind, label, priority, enabled, last_four, created_at, updated_at } = record;
  return {
    key_id: id,
    provider,
    kind,
    label,
    priority,
    enabled,
    last_four,
    facts: factsOf(credential),
    created_at,
    updated_at,
    last_used_at: usedAt === null ? null : new Date(usedAt).toISOString(),
    health,
    readable: credential !== null,
  };
}
