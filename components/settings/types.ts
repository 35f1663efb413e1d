/**
 * What the settings pages are given, as the API answers it.
 *
 * @module
 */
import type { LimitScope, LimitUnit } from "@/core/event/limits.ts";
import type { Priced } from "@/core/event/price.ts";
import type { KeyInfo } from "@/core/identity/types.ts";
import type { ProviderKeyInfo } from "@/core/vault/types.ts";

export interface KeyList {
  readonly keys: readonly KeyInfo[];
}

export interface ShownProviderKey extends Omit<ProviderKeyInfo, "label" | "facts" | "health"> {
  readonly name: string;
  readonly health: {
    readonly state: ProviderKeyInfo["health"]["state"];
    readonly status?: number | undefined;
  };
}

export interface ProviderKeyList {
  readonly provider_keys: readonly ShownProviderKey[];
}

/** A provider that keys can be kept for. */
export interface ProviderChoice {
  readonly name: string;
  readonly title: string;
  readonly kinds: readonly ProviderKeyInfo["kind"][];
}

export interface ShownPrice {
  readonly provider: string;
  readonly model: string;
  readonly usd?: { readonly [P in Priced]?: string | undefined } | undefined;
  readonly multiplier?: string | undefined;
  readonly from: string | null;
  readonly until: string | null;
  readonly note?: string | undefined;
}

export interface Prices {
  readonly version: number;
  readonly changed_at: string | null;
  readonly prices: readonly ShownPrice[];
  readonly list: {
    readonly catalogue: string;
    readonly catalogue_version: string;
    readonly overlay: string;
  };
}

/** A section of the settings. */
export interface Kept {
  readonly version: number;
  readonly changed_at: string | null;
  readonly settings: Readonly<Record<string, unknown>>;
}

export interface LimitUse {
  readonly id: string;
  readonly scope: LimitScope;
  readonly property: string | null;
  readonly unit: LimitUnit;
  readonly quota: string;
  readonly window: string;
  readonly mode: "enforce" | "dry-run";
  readonly resets_at: string;
  readonly subjects: readonly {
    readonly subject: string;
    readonly used: string;
    readonly reserved: string;
    readonly remaining: string;
  }[];
  readonly more: boolean;
}

export interface LimitUses {
  readonly limits: readonly LimitUse[];
}
