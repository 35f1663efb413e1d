/**
 * What a project's limits said of a call, in sentences.
 *
 * @module
 */
import { z } from "zod";
import { type LimitDecision, limitDecisionSchema } from "../event/limits.ts";
import type { Decision } from "./types.ts";

const storedSchema = z.array(limitDecisionSchema);

/** @param stored JSON of the decisions; null when there are none */
export function limitDecisionsOf(stored: string | null): Decision[] {
  if (stored === null) return [];
  return storedSchema.parse(JSON.parse(stored)).map((one) => ({
    about: "limit",
    decision: `${one.limit}: ${one.state}`,
    because: because(one),
  }));
}

function because(one: LimitDecision): string {
  const whom = one.subject === "" ? `the ${one.scope}` : `${one.scope} "${one.subject}"`;
  const window = /^\d+$/.test(one.window) ? `${one.window} seconds` : one.window;
  const quota = `${one.quota} ${one.unit} of ${whom} in a ${window}`;
  const used = `${one.used} were used, until ${one.resets_at}`;
  switch (one.state) {
    case "blocked":
      return `The limit of ${quota} was used up: ${used}.`;
    case "would_block":
      return `The limit of ${quota} was used up, but is a trial: ${used}.`;
    case "warned":
      return `The limit of ${quota} is nearly used up: ${used}.`;
    case "unchecked":
      return `The limit of ${quota} could not be checked; the call was let through.`;
  }
}
