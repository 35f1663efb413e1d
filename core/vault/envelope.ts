/**
 * Envelope encryption of one secret. Its data key (DEK) is random and encrypts this one secret; the
 * KEK encrypts only the DEK. Both encryptions are bound to the project, the key's id and its version:
 * an envelope opens where it was sealed and nowhere else. A new KEK re-wraps the DEK and leaves the
 * ciphertext as it is.
 *
 * @module
 */
import { decrypt, encrypt, type Random, type Sealed } from "./aes.ts";
import type { Kek } from "./kek.ts";

/** Where a secret belongs. */
export interface Binding {
  readonly project: string;
  readonly keyId: string;
  /** Counts the secrets that the key has had. */
  readonly version: number;
}

export interface Envelope {
  readonly sealed: Sealed;
  /** The DEK, encrypted with the KEK of that id. */
  readonly wrapped: Sealed & { readonly kek_id: string };
}

const dekBytes = 32;
const encoder = new TextEncoder();

/**
 * @example
 * ```ts
 * import { open, seal } from "@/core/vault/envelope.ts";
 * import { expect } from "expect";
 *
 * const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));
 * const kek = { id: "k1", bytes: random(32) };
 * const at = { project: "p1", keyId: "pk_1", version: 1 };
 * const envelope = await seal(new TextEncoder().encode("secret"), at, kek, random);
 * expect(new TextDecoder().decode(await open(envelope, at, kek) ?? undefined)).toBe("secret");
 * expect(await open(envelope, { ...at, project: "p2" }, kek)).toBeNull();
 * ```
 */
export async function seal(
  secret: Uint8Array,
  binding: Binding,
  kek: Kek,
  random: Random,
): Promise<Envelope> {
  const dek = random(dekBytes);
  try {
    const sealed = await encrypt(dek, secret, associated("secret", binding), random);
    return { sealed, wrapped: await wrap(dek, binding, kek, random) };
  } finally {
    dek.fill(0);
  }
}

/** Null when the KEK is another one, the binding is another one, or any byte was changed. */
export async function open(
  { sealed, wrapped }: Envelope,
  binding: Binding,
  kek: Kek,
): Promise<Uint8Array | null> {
  const dek = await unwrap(wrapped, binding, kek);
  if (!dek) return null;
  try {
    return await decrypt(dek, sealed, associated("secret", binding));
  } finally {
    dek.fill(0);
  }
}

/** The same secret and ciphertext under another KEK; null when `from` does not open it. */
export async function rewrap(
  { sealed, wrapped }: Envelope,
  binding: Binding,
  { from, to }: { readonly from: Kek; readonly to: Kek },
  random: Random,
): Promise<Envelope | null> {
  const dek = await unwrap(wrapped, binding, from);
  if (!dek) return null;
  try {
    return { sealed, wrapped: await wrap(dek, binding, to, random) };
  } finally {
    dek.fill(0);
  }
}

async function wrap(
  dek: Uint8Array,
  binding: Binding,
  { id, bytes }: Kek,
  random: Random,
): Promise<Envelope["wrapped"]> {
  return { ...await encrypt(bytes, dek, associated("dek", binding), random), kek_id: id };
}

async function unwrap(
  wrapped: Envelope["wrapped"],
  binding: Binding,
  { id, bytes }: Kek,
): Promise<Uint8Array | null> {
  if (wrapped.kek_id !== id) return null;
  return await decrypt(bytes, wrapped, associated("dek", binding));
}

/** JSON keeps the parts apart: no two bindings give the same bytes. */
function associated(what: "secret" | "dek", { project, keyId, version }: Binding): Uint8Array {
  return encoder.encode(JSON.stringify(["watchllm/vault", what, project, keyId, version]));
}
