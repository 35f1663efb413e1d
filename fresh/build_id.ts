/**
 * The identity of the build that is being served. It locks asset addresses to a version, so both
 * sides must agree on it: the server learns it from the snapshot, the browser reads it from the
 * boot script's `data-build` attribute, which stands in the document before any module runs.
 *
 * @module
 */

let current = readFromDocument();

/** The identity of the current build; `dev` before one is loaded. */
export function buildId(): string {
  return current;
}

/** Called once, when the server loads a build. */
export function setBuildId(id: string): void {
  current = id;
}

function readFromDocument(): string {
  if (typeof document === "undefined") return "dev";
  const script = document.querySelector<HTMLScriptElement>("script[data-build]");
  return script?.dataset.build ?? "dev";
}
