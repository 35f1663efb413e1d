/**
 * Brings rows into one table under a deduplication token.
 *
 * Guarantees: nothing is thrown; the same token and rows can be sent any number of times and are stored
 * once. Token and rows belong together: the rows' hash is part of what ClickHouse is told, because rows
 * that differ under a token it knows would be dropped without a word.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { ClickHouseStore } from "@/clickhouse/client.ts";
import { exceptionCodes } from "@/clickhouse/exception_codes.ts";
import { insertSettings } from "@/clickhouse/settings.ts";
import { StoreError } from "@/clickhouse/store_error.ts";
import type { Delivery } from "../projection.ts";
import type { Effect } from "./project.ts";

/** An insert that takes longer is given up, and sent again with the same token. */
const timeoutMs = 60_000;

type Command = Pick<ClickHouseStore, "command">;

/**
 * Sends rows as bare values: names in every row would double its size. The first row names the columns,
 * and all have them in the same order because one expression makes them.
 */
export async function insertRows(
  store: Command,
  table: string,
  rows: readonly object[],
  token: string,
  signal: AbortSignal,
): Promise<Delivery> {
  const lines = rows
    .map((row) => JSON.stringify(Object.values(row)))
    .join("\n");
  const hash = createHash("sha256").update(lines).digest("hex").slice(0, 16);
  const columns = Object.keys(rows[0] ?? {});
  const head = `INSERT INTO ${table} (${columns.join(", ")}) FORMAT JSONCompactEachRow\n`;
  const settings = { ...insertSettings, insert_deduplication_token: `${token}:${hash}` };
  return await attempt(() =>
    store.command(head + lines, {}, { timeout: timeoutMs, signal, settings })
  );
}

type Removal = Extract<Effect, { kind: "demo_removed" }>;

/** Takes the demo's rows out of a table. Repeated, it finds nothing more. */
export async function removeDemo(
  store: Command,
  table: string,
  { project, before, generation, position }: Removal,
  signal: AbortSignal,
): Promise<Delivery> {
  // What was appended later stays, whatever its timestamp: the demo may have been filled in again.
  const sql = `DELETE FROM ${table}
    WHERE project_id = {project:String} AND demo
      AND timestamp < parseDateTime64BestEffort({before:String}, 3, 'UTC')
      AND (log_gen, log_versionstamp, log_index) <
        ({generation:UInt32}, {versionstamp:String}, {index:UInt16})`;
  const { versionstamp, index } = position;
  const params = { project, before, generation, versionstamp, index };
  return await attempt(() => store.command(sql, params, { timeout: timeoutMs, signal }));
}

/** Asks ClickHouse for something; says what became of it instead of throwing. */
export async function attempt(ask: () => Promise<void>): Promise<Delivery> {
  try {
    await ask();
    return { ok: true };
  } catch (error) {
    if (!(error instanceof StoreError)) {
      return {
        ok: false,
        reason: "transient",
        code: "aborted",
        detail: "The request was given up",
      };
    }
    return { ok: false, reason: error.kind, ...explained(error) };
  }
}

/** What is stored of a failure is for people, and must fit beside a checkpoint. */
const detailCharacters = 300;

/** The server's own words may quote a row: they stay out of what is stored and shown. */
function explained({ kind, exceptionCode, reason }: StoreError): { code: string; detail: string } {
  if (exceptionCode === null) {
    return { code: "unreachable", detail: reason.slice(0, detailCharacters) };
  }
  const name = exceptionCodes[kind][exceptionCode] ?? "UNKNOWN";
  return { code: `clickhouse_${exceptionCode}`, detail: `ClickHouse answered ${name}` };
}
