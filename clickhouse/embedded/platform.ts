/**
 * Which npm package holds the engine's library for this machine, and what to say when none does.
 *
 * @module
 */

export type Platform = { ok: true; package: string } | { ok: false; message: string };

/** By Deno's target triple; the version stands in `deno.json` beside this file, its hash in `deno.lock`. */
const packages: Readonly<Record<string, string>> = {
  "x86_64-unknown-linux-gnu": "@chdb/lib-linux-x64-gnu",
};

export function embeddedPlatform(target: string): Platform {
  const name = packages[target];
  if (name !== undefined) return { ok: true, package: name };
  return { ok: false, message: noEngine(`There is no embedded ClickHouse for ${target}`) };
}

/** The way out that every message about a missing engine names. */
export function noEngine(reason: string): string {
  return `${reason}. Set CLICKHOUSE_URL to a ClickHouse server (with CLICKHOUSE_USER, ` +
    `CLICKHOUSE_PASSWORD and CLICKHOUSE_DATABASE) and start again.`;
}

/** Path of a file in this folder, for a process that is to run it. */
export function besideThis(name: string): string {
  return decodeURIComponent(new URL(`./${name}`, import.meta.url).pathname);
}
