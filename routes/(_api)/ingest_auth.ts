/**
 * Whose events they are: a project key, in any of the places where the senders of events put it.
 *
 * @module
 */
import { AppError } from "@/core/error.ts";
import type { KeyVerifier, ProjectKey } from "@/core/identity/contract.ts";
import { presentedKey } from "./presented_key.ts";

/** @throws {AppError} `key_missing`, `key_unknown` */
export async function keyOwner(verifier: KeyVerifier, headers: Headers): Promise<ProjectKey> {
  const key = presentedKey(headers) ?? basic(headers.get("authorization"));
  if (key === null) throw new AppError("key_missing");
  const owner = await verifier.verify(key);
  if (!owner) throw new AppError("key_unknown");
  return owner;
}

/** Langfuse's clients send two keys; either may be ours. */
function basic(value: string | null): string | null {
  const encoded = /^Basic\s+([A-Za-z0-9+/=_-]+)$/i.exec(value ?? "")?.[1];
  if (!encoded) return null;
  try {
    const decoded = atob(encoded.replaceAll("-", "+").replaceAll("_", "/"));
    const colon = decoded.indexOf(":");
    const [user, password] = [decoded.slice(0, Math.max(0, colon)), decoded.slice(colon + 1)];
    return user.startsWith("wl_") ? user : password;
  } catch {
    return null;
  }
}
