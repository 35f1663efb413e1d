/**
 * Ids of tool calls, in a form that the provider takes: the same id gives the same form, so that a call
 * and its result still belong together.
 *
 * @module
 */

/** Mistral wants exactly nine letters or digits. */
const mistralId = /^[a-zA-Z0-9]{9}$/;
/** Anthropic's alphabet, and OpenAI's length. */
const plainId = /^[a-zA-Z0-9_-]{1,64}$/;

/** @returns maps each id to the form that the provider takes; an id that fits stays as it is */
export function toolIds(provider: string): (id: string) => string {
  const known = new Map<string, string>();
  const fits = provider === "mistral" ? mistralId : plainId;
  return function toolId(id) {
    if (fits.test(id)) return id;
    let made = known.get(id);
    if (made === undefined) known.set(id, made = madeOf(id, provider));
    return made;
  };
}

function madeOf(id: string, provider: string): string {
  // Nine digits of base 36: as good as unique within one conversation, and the same every time.
  const digits = hash(id).toString(36).padStart(9, "0").slice(-9);
  return provider === "mistral" ? digits : `call_${digits}`;
}

/** FNV-1a, 53 bits. */
function hash(text: string): number {
  let [high, low] = [0x811c9dc5, 0x9dc5811c];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    high = Math.imul(high ^ code, 0x01000193);
    low = Math.imul(low ^ code ^ high, 0x01000193);
  }
  return (high >>> 0) * 0x200000 + (low >>> 11);
}
