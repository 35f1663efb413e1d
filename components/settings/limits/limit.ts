/**
 * A limit: as the form gives it, as the settings keep it, as people read it.
 *
 * @module
 */
import { textOf } from "../../form/field.tsx";
import { formatCount } from "../../format.ts";
import { formatUsd } from "../../money.ts";
import type { Kept, LimitUse } from "../types.ts";

/** One as the settings keep it. */
export type Limit = Readonly<Record<string, unknown>>;

export function limitsOf({ settings }: Kept): readonly Limit[] {
  return Array.isArray(settings.limits)
    ? settings.limits.map((one: unknown): Limit =>
      typeof one === "object" && one !== null ? Object.fromEntries(Object.entries(one)) : {}
    )
    : [];
}

/** What the form does not show stays as it was. */
export function limitOf(form: FormData, before: Limit | undefined): Limit {
  const given = (name: string) => {
    const value = textOf(form, name);
    return value === "" ? {} : { [name]: value };
  };
  return {
    ...(before?.warn_at_percent !== undefined && { warn_at_percent: before.warn_at_percent }),
    ...given("id"),
    ...given("scope"),
    ...given("property"),
    ...given("subject"),
    ...given("unit"),
    quota: textOf(form, "quota"),
    ...given("window"),
    ...given("mode"),
  };
}

export function amountText(unit: LimitUse["unit"], text: string): string {
  return unit === "usd" ? formatUsd(text) : formatCount(Number(text));
}

const scopeWords: Readonly<Record<LimitUse["scope"], string>> = {
  project: "for the whole project",
  key: "for each key",
  user: "for each user",
  property: "for each",
};

/** `$250.00 a month for the whole project`. */
export function limitText({ unit, quota, window, scope, property, mode }: LimitUse): string {
  const amount = amountText(unit, quota);
  const what = unit === "usd" ? amount : `${amount} ${unit}`;
  const whom = property ? `${scopeWords[scope]} ${property}` : scopeWords[scope];
  return `${what} a ${window} ${whom}${mode === "dry-run" ? ", dry run" : ""}`;
}
