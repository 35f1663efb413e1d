/**
 * Stage: whose call it is. A project key is taken from any place where an SDK puts a key; a key in a
 * header of its own leaves those places to the provider's credentials.
 *
 * @module
 */
import { AppError } from "../error.ts";
import type { KeyVerifier, ProjectKey } from "../identity/contract.ts";
import type { Call, Stage } from "./call.ts";
import type { AuthHeader } from "./providers/provider.ts";
import { hasKeyParameter } from "./route.ts";

const places: readonly AuthHeader[] = ["authorization", "x-api-key", "x-goog-api-key", "api-key"];

const googleKey: AuthHeader = "x-goog-api-key";

export function identify(keys: KeyVerifier): Stage {
  return function identifyCall(call) {
    const presented = presentedKey(call);
    if (presented === null) throw new AppError("key_missing");
    const verified = keys.verify(presented);
    return verified instanceof Promise
      ? verified.then((project) => accept(call, project))
      : accept(call, verified);
  };
}

function accept(call: Call, project: ProjectKey | null): null {
  if (!project) throw new AppError("key_unknown");
  call.project = project;
  return null;
}

/** The key to verify; takes the query's keys out of the call's query on the way. */
function presentedKey(call: Call): string | null {
  const { headers } = call;
  const queryKeys = takeQueryKeys(call);
  if (headers.gatewayKey !== null) {
    call.ownCredentials = true;
    removeProjectKeys(call);
    // Google takes its key in the query too; a header keeps it out of everybody's access logs.
    if (queryKeys.google !== null) headers.credentials[googleKey] ??= queryKeys.google;
    return headers.gatewayKey;
  }
  for (const place of places) {
    const key = bareKey(headers.credentials[place]);
    if (key === null || !isProjectKey(key)) continue;
    call.clientAuth = place;
    return key;
  }
  return queryKeys.project;
}

/** A project key that stands in a provider's place as well must not reach the provider. */
function removeProjectKeys({ headers }: Call): void {
  for (const place of places) {
    const key = bareKey(headers.credentials[place]);
    if (key !== null && isProjectKey(key)) delete headers.credentials[place];
  }
}

function bareKey(value: string | undefined): string | null {
  return value === undefined ? null : value.replace(/^Bearer\s+/i, "").trim();
}

function isProjectKey(key: string): boolean {
  return key.startsWith("wl_");
}

interface QueryKeys {
  project: string | null;
  google: string | null;
}

/** Google alone takes its key in the query; with others `key` may mean anything, and stays. */
function takeQueryKeys(call: Call): QueryKeys {
  const { query } = call.route;
  const keys: QueryKeys = { project: null, google: null };
  if (!hasKeyParameter(query)) return keys;
  const forGoogle = isGoogles(call);
  const others = query.slice(1).split("&").filter((part) => {
    if (!part.startsWith("key=")) return true;
    const key = new URLSearchParams(part).get("key") ?? "";
    const whose = isProjectKey(key) ? "project" : "google";
    if (whose === "google" && !forGoogle) return true;
    keys[whose] ??= key;
    return false;
  });
  call.query = others.length === 0 ? "" : `?${others.join("&")}`;
  return keys;
}

function isGoogles({ route, clientAuth }: Call): boolean {
  return route.dialect === "gemini" || route.provider?.auth(route.path, clientAuth) === googleKey;
}
