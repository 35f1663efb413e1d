/**
 * Worker: a consistent copy of the log's file, of one instant, while others go on writing to it. It is
 * a thread of its own because SQLite copies in one call.
 *
 * @module
 */
/// <reference lib="webworker" />
import { DatabaseSync } from "node:sqlite";
import { errorMessage } from "@/core/caught.ts";

export interface CopyOrder {
  readonly from: string;
  readonly to: string;
}

export type CopyOutcome = { readonly ok: true } | { readonly ok: false; readonly detail: string };

// The module's scope is the worker's; the page's types are not meant.
const scope = self as unknown as DedicatedWorkerGlobalScope;

scope.onmessage = ({ data: { from, to } }: MessageEvent<CopyOrder>) => {
  scope.postMessage(copied(from, to));
  scope.close();
};

function copied(from: string, to: string): CopyOutcome {
  try {
    const database = new DatabaseSync(from, { readOnly: true });
    try {
      database.prepare("VACUUM INTO ?").run(to);
    } finally {
      database.close();
    }
    return { ok: true };
  } catch (error) {
    return { ok: false, detail: errorMessage(error) };
  }
}
