/**
 * What opens a provider: the kinds, and each as its form gives it.
 *
 * @module
 */
import { textOf } from "../../form/field.tsx";
import type { ShownProviderKey } from "../types.ts";

export type Kind = ShownProviderKey["kind"];

export const kindWords: Readonly<Record<Kind, string>> = {
  api_key: "API key",
  aws: "AWS access key",
  azure: "Azure resource key",
  service_account: "Google service account",
};

/** A new key as the API takes it. */
export interface NewProviderKey {
  readonly provider: string;
  readonly name: string;
  readonly priority: number;
  readonly credential: ReturnType<typeof credentialOf>;
}

export function credentialOf(kind: Kind, form: FormData) {
  const text = (name: string) => textOf(form, name);
  switch (kind) {
    case "api_key":
      return { kind, key: text("key") };
    case "aws":
      return {
        kind,
        access_key_id: text("access_key_id"),
        secret_access_key: text("secret_access_key"),
        region: text("region") || null,
      };
    case "azure":
      return {
        kind,
        key: text("key"),
        endpoint: text("endpoint"),
        api_version: text("api_version") || null,
      };
    case "service_account":
      return { kind, json: text("json") };
  }
}
