/**
 * The providers that a project may call: those that everybody has, and those that it registered.
 *
 * @module
 */
import { addressProblem, type AddressRules } from "./address_rules.ts";
import { customProvider, type ProviderSettings } from "./custom.ts";
import type { Provider } from "./provider.ts";
import { providerNamed, providers } from "./table.ts";

export interface ProjectProviders {
  /** Undefined when nobody has that name, or when its address is no longer allowed here. */
  named(name: string): Provider | undefined;
  /** The provider whose address a base URL is: a known one's host, or a registered one's URL. */
  at(url: string): Provider | undefined;
  /** What the project says that a provider's model is; the name itself when it says nothing. */
  modelName(provider: Provider, model: string): string;
}

/** Of a project that registered nothing. */
export const knownProviders: ProjectProviders = {
  named: providerNamed,
  at: (url) => knownAt(url),
  modelName: (_provider, model) => model,
};

/** By settings: they are the same object until they are read again. */
const made = new WeakMap<ProviderSettings, ProjectProviders>();

/** The same object for the same settings: they are read often and change seldom. */
export function projectProviders(
  settings: ProviderSettings,
  rules: AddressRules,
): ProjectProviders {
  let known = made.get(settings);
  if (!known) made.set(settings, known = make(settings, rules));
  return known;
}

function make({ custom, model_names }: ProviderSettings, rules: AddressRules): ProjectProviders {
  if (custom.length === 0 && Object.keys(model_names).length === 0) return knownProviders;
  // What was allowed when it was registered need not be so now.
  const usable = custom.filter(({ base_url }) => addressProblem(base_url, rules) === null)
    .map(customProvider);
  const byName = new Map(usable.map((provider) => [provider.name, provider]));
  const names = new Map(Object.entries(model_names));
  return {
    named: (name) => providerNamed(name) ?? byName.get(name),
    at: (url) => registeredAt(usable, url) ?? knownAt(url),
    modelName: (provider, model) => names.get(`${provider.name}/${model}`) ?? model,
  };
}

/** By origin: where below it a call goes is what was registered, not what the URL says. */
function registeredAt(own: readonly Provider[], value: string): Provider | undefined {
  const url = URL.parse(value);
  if (!url || url.username !== "" || url.password !== "") return undefined;
  const there = own.filter((provider) => baseOf(provider)?.origin === url.origin);
  const path = url.pathname.replace(/\/+$/, "");
  return there.find((provider) => baseOf(provider)?.pathname.replace(/\/+$/, "") === path) ??
    there[0];
}

function baseOf(provider: Provider): URL | null {
  return URL.parse(provider.origin("") ?? "");
}

/** By host, over https alone: a key must not be sent in the clear because a header says so. */
function knownAt(value: string): Provider | undefined {
  const url = URL.parse(value);
  if (!url || url.protocol !== "https:" || url.username !== "" || url.port !== "") return undefined;
  return knownHosts().get(url.hostname);
}

let hosts: Map<string, Provider> | undefined;

function knownHosts(): Map<string, Provider> {
  if (hosts) return hosts;
  hosts = new Map();
  for (const provider of providers.values()) {
    const url = baseOf(provider);
    if (url?.protocol === "https:") hosts.set(url.hostname, provider);
  }
  return hosts;
}
