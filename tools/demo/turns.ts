/**
 * The turns of the history's agents: when their calls begin follows from how long the one before took,
 * and when a turn has ended, its spans are told.
 *
 * @module
 */
import { isCallEvent } from "@/core/event/event.ts";
import type { Random } from "../simulator/random.ts";
import type { AppendArguments } from "./call_event.ts";
import { feedbackEvent } from "./feedback_event.ts";
import type { PlannedCall } from "./plan.ts";
import { type CarriedCall, gapMs, turnEvents } from "./turn_events.ts";
import { longest } from "./work.ts";

export class Turns {
  readonly #project: string;
  /** Turns that have begun, by their trace. */
  readonly #open = new Map<string, CarriedCall[]>();

  constructor(project: string) {
    this.#project = project;
  }

  /** The call at its time: after the answer before it and what was done with that. */
  placed(call: PlannedCall): PlannedCall {
    const before = this.#open.get(call.trace)?.at(-1);
    if (!before) return call;
    const at = before.at + before.ms + longest(before.step.after) + 2 * gapMs;
    return { ...call, at: Math.round(at) };
  }

  /** What else there is to tell when a call has ended. */
  after(call: PlannedCall, { event }: AppendArguments, random: Random): AppendArguments[] {
    if (!isCallEvent(event)) return [];
    const { error } = event.data;
    // The demo's calls all say how long they took.
    const ms = event.data.latency_ms ?? 0;
    const ended = { event: event.id, at: call.at + ms };
    const feedback = call.endsTurn ? feedbackEvent(this.#project, call, ended, random) : null;
    const said = feedback ? [feedback] : [];
    const { agent } = call;
    if (!agent) return said;
    const carried = this.#open.get(call.trace) ?? [];
    carried.push({ call, step: agent, at: call.at, ms, error: error?.message ?? null });
    this.#open.set(call.trace, carried);
    if (!call.endsTurn) return said;
    this.#open.delete(call.trace);
    return [...turnEvents(this.#project, carried), ...said];
  }
}
