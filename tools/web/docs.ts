/**
 * The documentation as the pages show it: the files of `docs/`, by name.
 *
 * @module
 */

const folder = new URL("../../docs/", import.meta.url);

/** The Markdown of `docs/<slug>.md`; null when there is none. */
export async function readDoc(slug: string): Promise<string | null> {
  if (!/^[a-z][a-z0-9_-]*$/.test(slug)) return null;
  try {
    return await Deno.readTextFile(new URL(`${slug}.md`, folder));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
