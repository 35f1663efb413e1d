/**
 * Provider keys as the API takes and shows them. A secret goes in and never comes out.
 *
 * @module
 */
import { z } from "zod";
import { addressProblem, type AddressRules } from "@/core/gateway/providers/address_rules.ts";
import { fieldProblems } from "@/core/field_problem.ts";
import type { Credential, ProviderKeyInfo } from "@/core/vault/types.ts";
import { badRequest } from "./errors.ts";

/** What fits into a header. */
const secret = z.string().trim().min(1, "must not be empty").max(4_096)
  .regex(/^[\x21-\x7e]+$/, "must be printable ASCII without spaces");

const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "must be a region such as us-east-1");

const apiKey = z.strictObject({ kind: z.literal("api_key"), key: secret });

const aws = z.strictObject({
  kind: z.literal("aws"),
  access_key_id: secret,
  secret_access_key: secret,
  session_token: secret.nullable().default(null),
  /** Null: that of the provider's address. */
  region: region.nullable().default(null),
});

const azure = z.strictObject({
  kind: z.literal("azure"),
  key: secret,
  /** The resource's address, e.g. `https://name.openai.azure.com`. */
  endpoint: z.string().trim().max(500),
  api_version: z.string().regex(/^[A-Za-z0-9.-]{1,40}$/, "must be a version such as 2024-10-21")
    .nullable().default(null),
  /** The model behind each deployment's name. */
  deployments: z.record(z.string().min(1).max(128), z.string().min(1).max(256)).default({}),
});

/** The file that Google Cloud gives for a service account, as text or as its JSON. */
const accountFile = z.object({
  type: z.literal("service_account", "must be the file of a service account"),
  client_email: z.email("must be an address").max(320),
  private_key: z.string().max(16_384).regex(
    /^-----BEGIN (?:RSA )?PRIVATE KEY-----/,
    "must be a private key in PEM",
  ),
  project_id: z.string().regex(/^[a-z0-9:.-]{1,100}$/, "must be a project's id"),
});

const serviceAccount = z.strictObject({
  kind: z.literal("service_account"),
  json: z.union([z.string().max(32_768), z.record(z.string(), z.unknown())]),
});

const credential = z.discriminatedUnion("kind", [apiKey, aws, azure, serviceAccount]);
type SentCredential = z.infer<typeof credential>;

const name = z.string().trim().max(100, "must have at most 100 characters");
const priority = z.number().int().min(0).max(1_000);

export const newKeySchema = z.strictObject({
  provider: z.string().min(1).max(64),
  name: name.default(""),
  /** Lower is taken first; keys with the same number take turns. */
  priority: priority.default(0),
  credential,
});

export const keyChangeSchema = z.strictObject({
  name: name.optional(),
  priority: priority.optional(),
  enabled: z.boolean().optional(),
  /** Replaces the secret; the id stays. */
  credential: credential.optional(),
});

const healthSchema = z.object({
  /** `refused`: 401 or 403; `cooling`: 429. Such a key is passed over while there is another. */
  state: z.enum(["ok", "refused", "cooling"]),
  status: z.number().int().optional(),
  since: z.iso.datetime().optional(),
  until: z.iso.datetime().optional(),
});

export const providerKeySchema = z.object({
  key_id: z.string(),
  provider: z.string(),
  name: z.string(),
  kind: z.enum(["api_key", "aws", "azure", "service_account"]),
  /** Of the key, or of what names it; empty for a short one. */
  last_four: z.string(),
  /** What of the credential is no secret: region, resource, deployments, project. */
  facts: z.record(z.string(), z.unknown()),
  priority: z.number().int(),
  enabled: z.boolean(),
  health: healthSchema,
  /** False: it cannot be decrypted with this master key, or was changed in the store. */
  readable: z.boolean(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
  /** To the minute. */
  last_used_at: z.iso.datetime().nullable(),
}).meta({ id: "ProviderKey" });

export const trialSchema = z.object({
  key_id: z.string(),
  outcome: z.enum(["accepted", "refused", "limited", "unexpected", "unreachable"]),
  /** The provider's status; null when there was no answer. */
  status: z.number().int().nullable(),
  message: z.string(),
  /** How many models the provider listed. */
  models: z.number().int().nullable(),
  latency_ms: z.number(),
}).meta({ id: "ProviderKeyTrial" });

export function shownKey({ label, facts, health, ...info }: ProviderKeyInfo) {
  return { ...info, name: label, facts: { ...facts }, health: { ...health } };
}

/** The credential as the vault keeps it; refuses what its form alone does not show. */
export function credentialOf(sent: SentCredential, rules: AddressRules): Credential {
  if (sent.kind === "service_account") return accountOf(sent.json);
  if (sent.kind !== "azure") return sent;
  const expected = addressProblem(sent.endpoint, rules);
  if (expected) throw badRequest({ field: "credential.endpoint", expected });
  const { origin, pathname } = new URL(sent.endpoint);
  // Portals show it with `/` or `/openai` at its end; the paths of calls hold that themselves.
  return { ...sent, endpoint: origin + pathname.replace(/\/(?:openai(?:\/v1)?\/?)?$/, "") };
}

function accountOf(json: string | Record<string, unknown>): Credential {
  const parsed = accountFile.safeParse(typeof json === "string" ? parsedFile(json) : json);
  if (!parsed.success) {
    throw badRequest(
      ...fieldProblems(parsed.error).map(({ field, expected }) => ({
        field: field === "" ? "credential.json" : `credential.json.${field}`,
        expected,
      })),
    );
  }
  const { client_email, private_key, project_id } = parsed.data;
  // Where its tokens come from is Google's address, whatever the file says.
  return { kind: "service_account", client_email, private_key, project_id };
}

function parsedFile(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest({ field: "credential.json", expected: "must be the JSON of the file" });
  }
}
