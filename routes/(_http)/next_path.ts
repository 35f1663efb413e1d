/**
 * Where to go after a form. Only a path on this origin is taken: anything else would let a link to our
 * own sign-in page end on a stranger's.
 *
 * @module
 */

/** The path, query and fragment of `next`, or `fallback` when it leaves this origin. */
export function nextPath(next: string | null | undefined, fallback: string): string {
  if (!next?.startsWith("/")) return fallback;
  // Parsed as a browser would: it takes `//host`, `/\host` and tabs inside for another origin.
  const url = URL.parse(next, "http://here.invalid");
  if (url?.origin !== "http://here.invalid") return fallback;
  // Dots may leave a path such as `/.//host`, whose normal form would again name another origin.
  if (url.pathname.startsWith("//")) return fallback;
  return url.pathname + url.search + url.hash;
}
