/**
 * The shared accounts in KV: one entry for each limit, subject and window. Every process that counts on
 * an account has a statement in it: what it has spent, what its calls under way have reserved, and what
 * it may still give to calls without asking. Statements say sums, not changes, so that a write that was
 * made twice counts once. A statement that is not renewed in time is of a process that died: what it
 * spent stays, the rest is free again; if it comes back, it goes on from there.
 *
 * Owns `["limits", …]`.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { KvPort } from "../log/kv.ts";
import type { Limit } from "./policy.ts";
import type { Window } from "./window.ts";

/** One limit, one subject, one window. */
export interface AccountId {
  readonly project: string;
  readonly limit: Pick<Limit, "id" | "unit" | "window">;
  readonly subject: string;
  readonly window: Window;
}

/** One process's part of an account. */
export interface Statement {
  readonly spent: bigint;
  /** By calls under way. */
  readonly reserved: bigint;
  /** Put aside, for calls to come. */
  readonly spare: bigint;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** How far spending has got, told in the log once each. */
export type Level = 0 | 1 | 2;

export interface Sheet {
  /** In words: its place in the key may be a digest. */
  readonly subject: string;
  /** Spent by processes that have no statement any more. */
  readonly ended: bigint;
  readonly statements: Readonly<Record<string, Statement>>;
  /** 1: the warning mark was crossed; 2: the quota. */
  readonly told: Level;
}

/** What an account adds up to. */
export interface Totals {
  readonly spent: bigint;
  readonly reserved: bigint;
  readonly spare: bigint;
}

/** Entries are kept this long after their window, so that a clock that is put back finds them. */
const keptAfter = 86_400_000;
const goneAfter = 3_600_000;

/** The sums over all processes but one. */
export function totalsOf(sheet: Sheet, now: number, without = ""): Totals {
  let { ended: spent } = sheet;
  let reserved = 0n;
  let spare = 0n;
  for (const [process, statement] of Object.entries(sheet.statements)) {
    if (process === without) continue;
    spent += statement.spent;
    if (statement.until <= now) continue;
    reserved += statement.reserved;
    spare += statement.spare;
  }
  return { spent, reserved, spare };
}

/**
 * A sheet without the statements of those who are dead for so long that they will not come back: a
 * value in KV has at most 64 KiB.
 *
 * @param asking lives
 */
export function pruned(sheet: Sheet, now: number, asking: string): Sheet {
  let { ended } = sheet;
  const statements: Record<string, Statement> = {};
  for (const [process, statement] of Object.entries(sheet.statements)) {
    if (statement.until > now - goneAfter || process === asking) statements[process] = statement;
    else ended += statement.spent;
  }
  return { ...sheet, ended, statements };
}

/** As it stands in KV, or as it would when nobody has counted yet. */
export interface Standing {
  readonly sheet: Sheet;
  readonly entry: { readonly key: Deno.KvKey; readonly versionstamp: string | null };
}

export class Ledger {
  readonly #kv: KvPort;
  readonly #now: () => number;

  /** @param now milliseconds since 1970 */
  constructor(kv: KvPort, now: () => number) {
    this.#kv = kv;
    this.#now = now;
  }

  async look(id: AccountId): Promise<Standing> {
    const entry = await this.#kv.get<Sheet>([...windowPath(id), subjectKey(id.subject)]);
    const sheet = entry.value ?? { subject: id.subject, ended: 0n, statements: {}, told: 0 };
    return { sheet, entry };
  }

  /** Puts a new sheet in the place of the one that was seen; null when it is another one by now. */
  async replace(id: AccountId, { entry }: Standing, sheet: Sheet): Promise<Standing | null> {
    const expireIn = Math.max(1, id.window.end - this.#now()) + keptAfter;
    const done = await this.#kv.atomic().check(entry).set(entry.key, sheet, { expireIn }).commit();
    if (!done.ok) return null;
    return { sheet, entry: { key: entry.key, versionstamp: done.versionstamp } };
  }

  /** The accounts of all subjects in one window, at most that many. */
  async all(id: Omit<AccountId, "subject">, most: number): Promise<readonly Sheet[]> {
    const sheets: Sheet[] = [];
    const found = this.#kv.list<Sheet>({ prefix: windowPath(id) }, { limit: most });
    for await (const { value } of found) sheets.push(value);
    return sheets;
  }
}

/** A limit that counts something else from now on begins anew. */
function windowPath({ project, limit, window }: Omit<AccountId, "subject">): Deno.KvKey {
  return ["limits", project, limit.id, limit.unit, String(limit.window), window.start];
}

/** KV keys have at most 2 KiB, property values alone may have three quarters of it. */
function subjectKey(subject: string): string {
  if (subject.length <= 200) return `s:${subject}`;
  return `h:${createHash("sha256").update(subject).digest("hex")}`;
}
