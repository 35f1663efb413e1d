/**
 * Reads what a project's keys are called. Names are an addition: without them ids are shown.
 *
 * @module
 */
import { type KeyNames, keyNames, noKeyNames } from "../key_names.ts";
import { type Answer, read } from "./read.ts";

type Keys = { readonly keys: Parameters<typeof keyNames>[0] };
type ProviderKeys = { readonly provider_keys: Parameters<typeof keyNames>[1] };

/** Asks for both kinds of keys. */
export interface AskKeys {
  readonly keys: () => Promise<Answer<Keys>>;
  readonly providerKeys: () => Promise<Answer<ProviderKeys>>;
}

export async function readKeyNames(ask: AskKeys, signal: AbortSignal): Promise<KeyNames> {
  const once = { signal, retries: false };
  const [keys, providerKeys] = await Promise.all([
    read<Keys>(ask.keys, once),
    read<ProviderKeys>(ask.providerKeys, once),
  ]);
  if (!keys.ok || !providerKeys.ok) return noKeyNames;
  return keyNames(keys.value.keys, providerKeys.value.provider_keys);
}
