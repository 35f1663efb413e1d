/**
 * The version of everything that a price was found in.
 *
 * @module
 */
import { catalogue } from "./catalogue.ts";
import { overlayVersion } from "./overlay.ts";

/** Catalogue and overlay, and the project's prices once it has any: `0.1.8+2026-11-23+p2`. */
export function priceVersion(projectVersion: number): string {
  const list = `${catalogue.version}+${overlayVersion}`;
  return projectVersion === 0 ? list : `${list}+p${projectVersion}`;
}
