/**
 * Request fields that do not change an answer: they are left out of every cache key. Everything else
 * in a request does change it, known to us or not.
 *
 * @module
 */

export const volatileFields: ReadonlySet<string> = new Set([
  // Whose call it is, for the provider's abuse checks and dashboards.
  "user",
  "metadata",
  "safety_identifier",
  // How the answer is delivered: one stored answer serves both forms.
  "stream",
  "stream_options",
  // What the provider keeps, and where its own prompt cache looks.
  "store",
  "prompt_cache_key",
]);
