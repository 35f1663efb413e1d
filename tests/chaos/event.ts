/** The chaos test's events: small, and each one's figures follow from its name. */
import type { EventDraft } from "@/core/log/contract.ts";
import { call } from "../consumers/event.ts";

const PROJECTS = 24;

/** Names the event that a writer's incarnation appends as its `seq`th. */
export function eventId(writer: number, seq: number): string {
  return `w${writer}-${seq}`;
}

export function parseEventId(id: string): { writer: number; seq: number } {
  const [, writer, seq] = /^w(\d+)-(\d+)$/.exec(id) ?? [];
  if (writer === undefined || seq === undefined) throw new Error(`Not one of our events: "${id}"`);
  return { writer: Number(writer), seq: Number(seq) };
}

/** Input tokens of an event, so that sums can be checked from names alone. */
export function tokensOf(id: string): number {
  const { writer, seq } = parseEventId(id);
  return (seq * 7 + writer * 131) % 1_000 + 1;
}

/** Its cost in 10^-12 US dollars. */
export function costOf(id: string): bigint {
  return BigInt(tokensOf(id)) * 2_500_001n;
}

const FIRST = Date.UTC(2026, 0, 20);

export function chaosEvent(writer: number, seq: number): EventDraft {
  const id = eventId(writer, seq);
  const input = tokensOf(id);
  const draft = call({
    id,
    project: `project-${seq % PROJECTS}`,
    // Ten seconds apart: a run spans some weeks and so more than one partition of the tables.
    at: new Date(FIRST + seq * 10_000).toISOString(),
  });
  if (draft.type !== "call.completed") throw new Error("call() makes completed calls by default");
  const { usage, cost } = draft.data;
  return {
    ...draft,
    data: {
      ...draft.data,
      usage: { ...usage, buckets: { ...usage.buckets, input, output: 0 } },
      cost: { ...cost, usd: `0.${costOf(id).toString().padStart(12, "0")}`, lines: [] },
    },
  };
}
