/**
 * The process that fetches the engine's library; `library.ts` starts it and reports its progress.
 *
 * @module
 */
import { libraryPath } from "./library_path.ts";

const [packageName] = Deno.args;
if (packageName === undefined) throw new TypeError("Usage: fetch.ts <package>");
await libraryPath(packageName);
