/**
 * What commands without options of their own say to `--help`.
 *
 * @module
 */

const texts: Readonly<Record<string, string>> = {
  web:
    `The gateway, the API and the dashboard, without ClickHouse and without the consumers: those run
beside it, on the same data directory.

Usage: deno task migrate && deno task build && deno run -A main.ts web

Needs CLICKHOUSE_URL. Stops with SIGTERM or Ctrl-C, when the calls in flight have ended.`,
  consumers:
    `The consumers: what the event log holds is projected into ClickHouse, sums are made, and
retention is looked after.

Usage: deno run -A main.ts consumers

Needs CLICKHOUSE_URL, and the data directory of the web process.`,
  single: `Everything but ClickHouse in one process, for platforms that run one.

Usage: deno task build && deno run -A main.ts single

Needs CLICKHOUSE_URL, WATCHLLM_BOOTSTRAP_KEY and WATCHLLM_ADMIN_PASSWORD.`,
  build: `Bundles the dashboard's scripts into _build/, for a platform that builds before it runs
(deno run -A main.ts single). \`deno task start\` does so by itself.

Usage: deno task build`,
};
const noOptions = `
  --help    this text

Settings are environment variables; the README lists them.
`;

/** Null when the command has a help of its own. */
export function plainHelp(command: string): string | null {
  return Object.hasOwn(texts, command) ? `${texts[command]}\n${noOptions}` : null;
}
