/**
 * Bundles the dashboard's scripts into a directory of the caller's choice.
 *
 * @module
 */
import { config } from "@/fresh.config.ts";
import { buildPages } from "@/routes/(_http)/build_pages.ts";

export async function buildUi(outDir: string): Promise<void> {
  await buildPages({ ...config, outDir });
}
