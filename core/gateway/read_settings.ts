/**
 * Stage: what the project decided that a call needs before its request is made: its keys and providers.
 * From memory, unless nothing fresh enough is there.
 *
 * @module
 */
import { errorMessage } from "../caught.ts";
import { AppError } from "../error.ts";
import type { KeyRing, Vault } from "../vault/types.ts";
import type { Call, Stage } from "./call.ts";
import type { AddressRules } from "./providers/address_rules.ts";
import type { ProviderSettings } from "./providers/custom.ts";
import { projectProviders } from "./providers/project_providers.ts";

/** What a project says of providers: a promise only when nothing fresh enough is in memory. */
export type ProvidersOf = (project: string) => ProviderSettings | Promise<ProviderSettings>;

export interface SettingsSources {
  readonly vault: Pick<Vault, "keysOf"> | undefined;
  readonly providers: ProvidersOf | undefined;
  readonly rules: AddressRules;
  readonly warn: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

export function readSettings({ vault, providers, rules, warn }: SettingsSources): Stage {
  return function readSettingsOfCall(call) {
    const project = call.project?.project;
    if (project === undefined) return null;
    const keys = vault?.keysOf(project) ?? null;
    const settings = providers?.(project) ?? null;
    if (!(keys instanceof Promise) && !(settings instanceof Promise)) {
      return take(call, keys, settings);
    }
    return Promise.all([keys, settings]).then(
      ([ring, read]) => take(call, ring, read),
      (error: unknown) => {
        // Another key than the project's own would be the wrong one to pay with.
        const reason = errorMessage(error);
        warn("A project's settings could not be read", { project, reason });
        throw new AppError("settings_unavailable", undefined, { cause: error });
      },
    );
  };

  function take(call: Call, keys: KeyRing | null, settings: ProviderSettings | null): null {
    call.keys = keys;
    if (settings) call.providers = projectProviders(settings, rules);
    return null;
  }
}
