/**
 * Providers that a project registers: any URL that speaks one of the three large dialects. Used as
 * `/proxy/<name>/…` and as `<name>/model` on the dialect's own paths.
 *
 * @module
 */
import { z } from "zod";
import type { FieldProblem } from "../../field_problem.ts";
import type { Section } from "../../settings/settings.ts";
import { addressProblem, type AddressRules } from "./address_rules.ts";
import type { AuthHeader, Provider } from "./provider.ts";
import { providerNamed } from "./table.ts";

const name = z.string()
  .regex(
    /^[a-z][a-z0-9_-]{0,39}$/,
    "must be 1 to 40 small letters, digits, - or _, beginning with a letter",
  )
  .refine((value) => !providerNamed(value), "must not be the name of a known provider");

/** Headers that carry credentials, or that are written for each call. */
const reserved =
  /^(?:authorization|proxy-.*|x-api-key|x-goog-api-key|api-key|cookie|host|connection|content-length|content-encoding|transfer-encoding|te|trailer|upgrade|expect|keep-alive|accept-encoding|x-watchllm-.*)$/;

const headers = z.record(
  z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, "must be the name of a header")
    .refine(
      (value) => !reserved.test(value.toLowerCase()),
      "must not be a header that carries credentials or that HTTP itself uses",
    ),
  z.string().max(1_000).regex(/^[\t\x20-\x7e\x80-\xff]*$/, "must be the value of a header"),
);

const customProviderSchema = z.strictObject({
  name,
  /** Where its API begins, with or without a path: `https://host/v1`. */
  base_url: z.string().max(500),
  format: z.enum(["openai", "anthropic", "gemini"]).default("openai"),
  /** How its key is sent, which is kept as a provider key of the same name; `none` sends nothing. */
  auth: z.enum(["bearer", "x-api-key", "x-goog-api-key", "api-key", "none"]).default("bearer"),
  /** Sent with every call; no secrets, for these stand in the log. */
  headers: headers.default({}),
  /** Whether chat streams are asked for their usage (`stream_options`). */
  ask_usage: z.boolean().default(true),
});

export type CustomProvider = z.infer<typeof customProviderSchema>;

const modelName = z.string().min(1).max(300);

const providerSettingsSchema = z.strictObject({
  custom: z.array(customProviderSchema).max(50).default([]).refine(
    (all) => new Set(all.map(({ name }) => name)).size === all.length,
    "must not hold a name twice",
  ),
  /**
   * What a deployment, an inference profile or an alias is, for its price and in analytics:
   * `"azure/prod-chat": "gpt-4o"`.
   */
  model_names: z.record(
    modelName.regex(/^[^/]+\/./, "must be provider/name"),
    modelName,
  ).default({}),
});

export type ProviderSettings = z.infer<typeof providerSettingsSchema>;

export const providersSection: Section<ProviderSettings> = {
  name: "providers",
  schema: providerSettingsSchema,
};

/** What of the settings this installation does not allow. */
export function providerProblems(
  { custom }: ProviderSettings,
  rules: AddressRules,
): FieldProblem[] {
  return custom.flatMap(({ base_url }, i) => {
    const expected = addressProblem(base_url, rules);
    return expected === null ? [] : [{ field: `custom.${i}.base_url`, expected }];
  });
}

const authHeaders: Readonly<Record<CustomProvider["auth"], AuthHeader | null>> = {
  bearer: "authorization",
  "x-api-key": "x-api-key",
  "x-goog-api-key": "x-goog-api-key",
  "api-key": "api-key",
  none: null,
};

/** The versions that a base URL without a path stands before. */
const ownBases: Readonly<Record<CustomProvider["format"], string>> = {
  openai: "/v1",
  anthropic: "/v1",
  gemini: "/v1beta",
};

/** @param settings as the project's section has them, already checked */
export function customProvider(settings: CustomProvider): Provider {
  const { format, auth, ask_usage } = settings;
  const header = authHeaders[auth];
  // With a path of its own the URL says itself where the API begins.
  const base = new URL(settings.base_url).pathname === "/" ? ownBases[format] : "";
  return {
    name: settings.name,
    title: settings.name,
    origin: () => settings.base_url,
    openaiBase: format === "openai" ? base : null,
    anthropicBase: format === "anthropic" ? base : null,
    geminiBase: format === "gemini" ? base : null,
    auth: () => header ?? "authorization",
    // The environment's keys are the operator's: a project must not name its way to them.
    keyNames: [],
    ...(header === null && { keyless: true, keyOptional: true }),
    usageOnRequest: format === "openai" && ask_usage,
    headers: Object.entries(settings.headers).flat(),
    registered: true,
  };
}
