/**
 * AES-256-GCM with a fresh random 96-bit IV for each encryption and a 128-bit tag. What is decrypted
 * was encrypted with the same key and the same associated data, byte for byte, or there is no answer.
 *
 * @module
 */

/** Encrypted bytes, tag included, and the IV that they were encrypted with. */
export interface Sealed {
  readonly iv: Uint8Array;
  readonly ciphertext: Uint8Array;
}

export type Random = (bytes: number) => Uint8Array;

const name = "AES-GCM";
const ivBytes = 12;
const tagLength = 128;

/** @param key 32 bytes */
export async function encrypt(
  key: Uint8Array,
  plaintext: Uint8Array,
  associated: Uint8Array,
  random: Random,
): Promise<Sealed> {
  const iv = owned(random(ivBytes));
  const ciphertext = await crypto.subtle.encrypt(
    { name, iv, additionalData: owned(associated), tagLength },
    await imported(key, "encrypt"),
    owned(plaintext),
  );
  return { iv, ciphertext: new Uint8Array(ciphertext) };
}

/** Null when the key, the associated data or any byte is another. */
export async function decrypt(
  key: Uint8Array,
  { iv, ciphertext }: Sealed,
  associated: Uint8Array,
): Promise<Uint8Array | null> {
  // Anything else was not made by `encrypt`, and GCM hashes IVs of other lengths.
  if (iv.length !== ivBytes) return null;
  try {
    const plaintext = await crypto.subtle.decrypt(
      { name, iv: owned(iv), additionalData: owned(associated), tagLength },
      await imported(key, "decrypt"),
      owned(ciphertext),
    );
    return new Uint8Array(plaintext);
  } catch (error) {
    if (error instanceof DOMException && error.name === "OperationError") return null;
    throw error;
  }
}

function imported(key: Uint8Array, use: "encrypt" | "decrypt"): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", owned(key), name, false, [use]);
}

/** Web Crypto takes no view of a shared buffer, which the type of a view leaves open. */
function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
