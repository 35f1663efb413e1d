/**
 * What people call a project's keys and its provider keys: shown in the place of ids, and understood in
 * filters that are typed.
 *
 * @module
 */
import type { FilterFields, FilterProblem } from "@/core/analytics/filter_text.ts";
import type { KeyInfo } from "@/core/identity/types.ts";
import type { ProviderKeyInfo } from "@/core/vault/types.ts";
import { named } from "./named.ts";
import { providerName } from "./readiness.ts";

/** Names by id, under the names of the filters that take those ids. */
export interface KeyNames {
  readonly key_id: Readonly<Record<string, string>>;
  readonly provider_key_id: Readonly<Record<string, string>>;
}

type KeyField = keyof KeyNames;

export const noKeyNames: KeyNames = { key_id: {}, provider_key_id: {} };

type ProjectKey = Pick<KeyInfo, "key_id" | "environment">;
type ProviderKey = Pick<ProviderKeyInfo, "key_id" | "provider" | "last_four"> & {
  readonly name: string;
};

/**
 * A project key is called by its beginning, a provider key by its name; one of several with the same
 * name by its last digits too.
 *
 * @example
 * ```ts
 * import { keyNames } from "@/components/key_names.ts";
 * import { expect } from "expect";
 *
 * const names = keyNames(
 *   [{ key_id: "AbCdEf123456", environment: "live" }],
 *   [{ key_id: "pk_1", provider: "openai", name: "Search", last_four: "7fQ2" }],
 * );
 * expect(names.key_id).toEqual({ AbCdEf123456: "wl_live_AbCdEf123456" });
 * expect(names.provider_key_id).toEqual({ pk_1: "Search" });
 * ```
 */
export function keyNames(
  keys: readonly ProjectKey[],
  providerKeys: readonly ProviderKey[],
): KeyNames {
  const sameName = Map.groupBy(providerKeys, ({ name }) => name.trim());
  const nameOf = ({ name, provider, last_four }: ProviderKey) => {
    const text = name.trim() || providerName(provider);
    const isOne = name.trim() !== "" && sameName.get(name.trim())?.length === 1;
    return isOne || last_four === "" ? text : `${text} …${last_four}`;
  };
  return {
    key_id: Object.fromEntries(
      keys.map(({ key_id, environment }) => [key_id, `wl_${environment}_${key_id}`]),
    ),
    provider_key_id: Object.fromEntries(providerKeys.map((key) => [key.key_id, nameOf(key)])),
  };
}

function isKeyField(field: string): field is KeyField {
  return field === "key_id" || field === "provider_key_id";
}

/** The name of what a filter's value means; the value itself for all other filters. */
export function filterValueName(names: KeyNames, field: string, value: string): string {
  return isKeyField(field) ? named(names[field], value) ?? value : value;
}

/** Filters with names in the place of ids, where the name leads back to the id. */
export function withKeyNames(fields: FilterFields, names: KeyNames): FilterFields {
  return Object.fromEntries(
    Object.entries(fields).map(([field, values]) => {
      if (!isKeyField(field)) return [field, values];
      const all = names[field];
      return [
        field,
        values.map((id) => {
          const name = named(all, id);
          return name !== undefined && idsOf(all, name).length === 1 ? name : id;
        }),
      ];
    }),
  );
}

/**
 * Filters with ids in the place of names. What is neither a name nor of an id's form is a problem: it
 * would find nothing, and not say why.
 */
export function withKeyIds(
  fields: FilterFields,
  names: KeyNames,
): { readonly fields: FilterFields; readonly problems: readonly FilterProblem[] } {
  const problems: FilterProblem[] = [];
  const found = Object.entries(fields).map(([field, values]) => {
    if (!isKeyField(field)) return [field, values] as const;
    const ids = values.flatMap((value) => {
      const known = Object.hasOwn(names[field], value) ? [value] : idsOf(names[field], value);
      if (known.length > 0) return known;
      if (idForms[field].test(value)) return [value];
      problems.push({ part: value, message: unknown[field] });
      return [];
    });
    return [field, [...new Set(ids)]] as const;
  });
  return { fields: Object.fromEntries(found), problems };
}

function idsOf(names: Readonly<Record<string, string>>, name: string): string[] {
  const wanted = name.trim().toLowerCase();
  const exact = Object.entries(names).filter(([, one]) => one.toLowerCase() === wanted);
  // Of several keys with one name any may be meant.
  const all = exact.length > 0
    ? exact
    : Object.entries(names).filter(([, one]) => one.toLowerCase().startsWith(`${wanted} …`));
  return all.map(([id]) => id);
}

/** Keys that are gone have no name any more, and their calls are still there. */
const idForms: Readonly<Record<KeyField, RegExp>> = {
  key_id: /^[A-Za-z0-9]{12}$/,
  provider_key_id: /^pk_[a-z0-9]{26}$/,
};

const unknown: Readonly<Record<KeyField, string>> = {
  key_id: "The project has no such key: take its name from Settings, Project keys.",
  provider_key_id: "The project has no such provider key: take its name from Settings, Providers.",
};
