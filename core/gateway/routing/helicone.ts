/**
 * Helicone's fallbacks as a configuration: a list of addresses that are tried in turn, each with headers
 * and body of its own. An address must be a known provider's or one that the project registered.
 *
 * @module
 */
import { z } from "zod";
import { parseJson } from "../../json.ts";
import { headerRoutingSchema, type RoutingSettings } from "./settings.ts";

const code = z.union([
  z.number().int().min(300).max(599),
  z.strictObject({
    from: z.number().int().min(300).max(599),
    to: z.number().int().min(300).max(599),
  }),
]);

const fallbacksSchema = z.array(z.object({
  "target-url": z.url({ protocol: /^https?$/ }).max(500),
  headers: z.record(z.string(), z.string()).default({}),
  onCodes: z.array(code).max(50).default([]),
  bodyKeyOverride: z.record(z.string(), z.json()).optional(),
})).min(1).max(10);

/** Null for what cannot be read. */
export function heliconeFallbacks(value: string): RoutingSettings | null {
  const read = fallbacksSchema.safeParse(parseJson(value));
  if (!read.success) return null;
  const codes = new Set(
    read.data.flatMap(({ onCodes }) => onCodes).flatMap((one) =>
      typeof one === "number"
        ? [one]
        : Array.from({ length: one.to - one.from + 1 }, (_, i) => one.from + i)
    ),
  );
  const parsed = headerRoutingSchema.safeParse({
    strategy: {
      mode: "fallback",
      ...(codes.size > 0 && codes.size <= 50 && { on_status_codes: [...codes] }),
    },
    targets: read.data.map((one) => {
      const key = keyOf(one.headers);
      return {
        provider: one["target-url"],
        ...(key !== null && { api_key: key }),
        ...(one.bodyKeyOverride && { override_params: one.bodyKeyOverride }),
      };
    }),
  });
  return parsed.success ? parsed.data : null;
}

/** A fallback's headers bring the key of its provider. */
function keyOf(headers: Readonly<Record<string, string>>): string | null {
  for (const [name, value] of Object.entries(headers)) {
    if (/^(?:authorization|x-api-key|api-key|x-goog-api-key)$/i.test(name)) {
      return value.replace(/^Bearer\s+/i, "").trim() || null;
    }
  }
  return null;
}
