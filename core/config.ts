/**
 * The configuration: one object, read once from a record of environment variables. The table in the
 * README is made from `settings`, so what is documented is what is read.
 *
 * @module
 */
import { z } from "zod";
import { providerNamed } from "./gateway/providers/table.ts";
import { fieldProblems } from "./field_problem.ts";

interface Setting<T> {
  readonly schema: z.ZodType<T>;
  /** The default as the README shows it. */
  readonly default: string;
  readonly doc: string;
  /** Never printed. */
  readonly secret?: true;
}

function setting<T>(
  schema: z.ZodType<T>,
  shownDefault: string,
  doc: string,
  secret?: true,
): Setting<T> {
  return { schema, default: shownDefault, doc, ...(secret && { secret }) };
}

const text = z.string().min(1);
const key32 = text.refine(
  (value) => decodedLength(value) === 32,
  "must be 32 bytes in base64 (make one with: openssl rand -base64 32)",
);
const bootstrapKey = text.regex(
  /^wl_(live|test)_[A-Za-z0-9]{12}_[A-Za-z0-9]{43}$/,
  "must have the form wl_live_<12 letters or digits>_<43 letters or digits>",
);

/** Every setting by its environment variable. */
export const settings = {
  WATCHLLM_HOST: setting(text.default("127.0.0.1"), "127.0.0.1", "Address to listen on."),
  WATCHLLM_PORT: setting(
    z.coerce.number().int().min(0).max(65_535).default(8787),
    "8787",
    "Port to listen on; 0 takes a free one.",
  ),
  WATCHLLM_DATA_DIR: setting(
    text.default("./data"),
    "./data",
    "Directory of the event log, the embedded ClickHouse and the master key.",
  ),
  WATCHLLM_MASTER_KEY: setting(
    key32.optional(),
    "made in the data directory",
    "32 bytes in base64 that protect stored keys and sessions.",
    true,
  ),
  WATCHLLM_BOOTSTRAP_KEY: setting(
    bootstrapKey.optional(),
    "made and printed once",
    "The first project's key, for automation.",
    true,
  ),
  WATCHLLM_ADMIN_PASSWORD: setting(
    text.optional(),
    "a one-time sign-in link is printed",
    "Password of the dashboard.",
    true,
  ),
  WATCHLLM_DURABILITY: setting(
    z.enum(["strict", "relaxed"]).default("strict"),
    "strict",
    "strict: an answer ends after its event is committed. relaxed: it does not wait.",
  ),
  WATCHLLM_MAX_BODY_BYTES: setting(
    z.coerce.number().int().positive().default(10 * 1024 * 1024),
    "10485760",
    "Largest request body that the gateway takes, in bytes.",
  ),
  WATCHLLM_UPSTREAM_TIMEOUT_MS: setting(
    // Timers count in 32 bits: a longer one ends at once.
    z.coerce.number().int().positive().max(2_147_483_647).default(600_000),
    "600000",
    "How long a provider may stay silent before the call fails, in milliseconds.",
  ),
  WATCHLLM_ALLOW_PRIVATE_UPSTREAMS: setting(
    z.enum(["true", "false"]).optional(),
    "true when WATCHLLM_HOST is a loopback address",
    "Whether projects may register providers at private and loopback addresses.",
  ),
  CLICKHOUSE_URL: setting(
    z.url({ protocol: /^https?$/, error: "must be an http or https URL" }).refine(
      isBareOrigin,
      "must have neither user, password, path nor query: CLICKHOUSE_USER, CLICKHOUSE_PASSWORD and " +
        "CLICKHOUSE_DATABASE say these",
    ).optional(),
    "an embedded ClickHouse is started",
    "A ClickHouse server to use instead of the embedded one.",
  ),
  CLICKHOUSE_USER: setting(text.default("default"), "default", "Its user."),
  CLICKHOUSE_PASSWORD: setting(z.string().default(""), "empty", "Its password.", true),
  CLICKHOUSE_DATABASE: setting(
    text.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be a plain identifier").default("watchllm"),
    "watchllm",
    "Its database, made when absent.",
  ),
} as const satisfies Record<string, Setting<unknown>>;

type Settings = typeof settings;
type Values = { -readonly [K in keyof Settings]: z.output<Settings[K]["schema"]> };

/** The parsed configuration. */
export interface Config extends Readonly<Values> {
  /** Base URLs that replace a provider's host: `WATCHLLM_UPSTREAM_<PROVIDER>`. */
  readonly upstreams: ReadonlyMap<string, URL>;
  /** Provider keys from the environment: `<PROVIDER>_API_KEY`. */
  readonly providerKeys: ReadonlyMap<string, string>;
  /** Sentence models on this machine, by name: `WATCHLLM_ONNX_<NAME>`. */
  readonly onnxModels: ReadonlyMap<string, OnnxModelFiles>;
  /** AWS keys from the environment, for Bedrock; null when there are none. */
  readonly aws: AwsKeys | null;
  readonly allowPrivateUpstreams: boolean;
}

/** Paths of a sentence model's files. */
export interface OnnxModelFiles {
  readonly model: string;
  /** Null: it stands beside the model. */
  readonly vocabulary: string | null;
}

/** As AWS's own tools take them: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and what goes with them. */
export interface AwsKeys {
  readonly access_key_id: string;
  readonly secret_access_key: string;
  readonly session_token: string | null;
  readonly region: string | null;
}

/** `detail` names each variable and what it must be; neither it nor a warning holds a value. */
export type ConfigResult =
  | { ok: true; config: Config; warnings: readonly string[] }
  | { ok: false; detail: string };

/**
 * Parses the environment. Empty variables count as absent.
 *
 * @example
 * ```ts
 * import { readConfig } from "@/core/config.ts";
 * import { expect } from "expect";
 *
 * const read = readConfig({ WATCHLLM_PORT: "9000", OPENAI_API_KEY: "sk-1" });
 * if (!read.ok) throw new Error(read.detail);
 * expect(read.config.WATCHLLM_PORT).toBe(9000);
 * expect(read.config.providerKeys.get("openai")).toBe("sk-1");
 * ```
 */
export function readConfig(env: Readonly<Record<string, string>>): ConfigResult {
  const problems: string[] = [];
  const warnings: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, { schema }] of Object.entries(settings)) {
    const parsed = schema.safeParse(env[name] || undefined);
    if (parsed.success) values[name] = parsed.data;
    else {for (const { expected } of fieldProblems(parsed.error)) {
        problems.push(`${name}: ${expected}`);
      }}
  }
  const upstreams = new Map<string, URL>();
  const providerKeys = new Map<string, string>();
  for (const [name, value] of Object.entries(env)) {
    if (!value || Object.hasOwn(settings, name)) continue;
    const upstream = /^WATCHLLM_UPSTREAM_([A-Z0-9_]+)$/.exec(name)?.[1];
    if (upstream) {
      const url = URL.parse(value);
      const provider = providerOf(upstream);
      if (!url || !/^https?:$/.test(url.protocol)) {
        problems.push(`${name}: must be an http or https URL`);
      } else upstreams.set(provider ?? upstream.toLowerCase(), url);
      if (!provider) {
        warnings.push(`${name}: there is no provider of this name, so nothing is sent there`);
      }
    }
    const provider = /^([A-Z0-9_]+)_API_KEY$/.exec(name)?.[1];
    if (provider) providerKeys.set(provider.toLowerCase(), value);
  }
  const onnxModels = onnxModelsIn(env, problems);
  if (problems.length > 0) return { ok: false, detail: problems.join("\n") };
  const bedrockKey = env.AWS_BEARER_TOKEN_BEDROCK;
  if (bedrockKey && !providerKeys.has("bedrock")) providerKeys.set("bedrock", bedrockKey);
  // The loop above has filled every key of `settings` with its schema's output.
  const read = values as Values;
  const allowed = read.WATCHLLM_ALLOW_PRIVATE_UPSTREAMS;
  const allowPrivateUpstreams = allowed ? allowed === "true" : isLoopback(read.WATCHLLM_HOST);
  return {
    ok: true,
    warnings,
    config: {
      ...read,
      upstreams,
      providerKeys,
      onnxModels,
      aws: awsKeys(env),
      allowPrivateUpstreams,
    },
  };
}

/** A provider by its own or another tool's name, as far as a variable can spell it. */
function providerOf(variable: string): string | undefined {
  const name = variable.toLowerCase();
  return (providerNamed(name) ?? providerNamed(name.replaceAll("_", "-")))?.name;
}

function onnxModelsIn(
  env: Readonly<Record<string, string>>,
  problems: string[],
): Map<string, OnnxModelFiles> {
  const models = new Map<string, OnnxModelFiles>();
  for (const [variable, model] of Object.entries(env)) {
    const name = /^WATCHLLM_ONNX_([A-Z0-9_]{1,64})$/.exec(variable)?.[1];
    if (!name || !model) continue;
    const of = /^(.+)_VOCABULARY$/.exec(name)?.[1];
    if (of === undefined) {
      const vocabulary = env[`${variable}_VOCABULARY`] || null;
      models.set(name.toLowerCase(), { model, vocabulary });
    } else if (!env[`WATCHLLM_ONNX_${of}`]) {
      problems.push(`${variable}: names a vocabulary, but WATCHLLM_ONNX_${of} names no model`);
    }
  }
  return models;
}

function awsKeys(env: Readonly<Record<string, string>>): AwsKeys | null {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = env;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) return null;
  return {
    access_key_id: AWS_ACCESS_KEY_ID,
    secret_access_key: AWS_SECRET_ACCESS_KEY,
    session_token: AWS_SESSION_TOKEN || null,
    region: env.AWS_REGION || env.AWS_DEFAULT_REGION || null,
  };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(?:\.\d+){3}$/.test(host);
}

/** The README's configuration table, as Markdown. */
export function settingsTable(): string {
  const rows = Object.entries(settings).map(([name, { default: shown, doc }]) =>
    `| \`${name}\` | ${shown} | ${doc} |`
  );
  return [
    "| variable | default | what it does |",
    "| --- | --- | --- |",
    ...rows,
    "| `<PROVIDER>_API_KEY` | none | The provider's key, e.g. `OPENAI_API_KEY`, used for calls that bring none. |",
    "| `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, `AWS_REGION` | none | AWS keys that sign calls to Bedrock; `AWS_BEARER_TOKEN_BEDROCK` is one of its API keys. |",
    "| `WATCHLLM_UPSTREAM_<PROVIDER>` | the provider's host | Base URL that replaces it, with or without a path. |",
    "| `WATCHLLM_ONNX_<NAME>` | none | A sentence model on disk (`.onnx`) that projects may choose as their embedder, by its name in lower case. |",
    "| `WATCHLLM_ONNX_<NAME>_VOCABULARY` | `tokenizer.json` or `vocab.txt` beside it | The model's vocabulary. |",
  ].join("\n");
}

/** ClickHouse's client lets what stands in the address override the other settings. */
function isBareOrigin(value: string): boolean {
  const url = URL.parse(value);
  if (!url || !/^https?:$/.test(url.protocol)) return true;
  return url.href === `${url.origin}/`;
}

function decodedLength(base64: string): number {
  try {
    return atob(base64).length;
  } catch {
    return -1;
  }
}
