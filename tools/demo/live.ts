/**
 * Live calls: plans carried out, at a speed at which one can watch them.
 *
 * @module
 */
import { systemClock } from "@/consumers/clock.ts";
import { Random } from "../simulator/random.ts";
import type { AppendArguments } from "./call_event.ts";
import { feedbackEvent } from "./feedback_event.ts";
import { application, poisson } from "./history.ts";
import { type PlannedCall, planSession } from "./plan.ts";
import { type CarriedCall, turnEvents } from "./turn_events.ts";
import { longest } from "./work.ts";

/** Sessions begun in a second, on average. */
const sessionsPerSecond = 2.5;
/** People think so many times faster than in the history. */
const haste = 12;
const maxOpen = 60;

export interface LiveOptions {
  /** The gateway's address. */
  readonly url: string;
  /** A project key that it takes. */
  readonly key: string;
  readonly seconds: number;
  readonly seed: number;
  readonly signal: AbortSignal;
  /** Takes what the applications record themselves. */
  readonly record: (made: AppendArguments) => Promise<unknown>;
  /** The project that they record for. */
  readonly project: string;
  readonly onProgress: (seconds: number, calls: number) => void;
}

/** Calls that were made and have ended, by outcome. */
export interface LiveCounts {
  answered: number;
  refused: number;
  aborted: number;
  /** Ended otherwise than planned: none of it is expected. */
  lost: number;
}

/** Makes calls until the time is over, then waits for those that are open. */
export async function liveCalls(options: LiveOptions): Promise<LiveCounts> {
  const { seconds, seed, signal, onProgress } = options;
  const random = new Random(`live/${seed}`);
  const counts: LiveCounts = { answered: 0, refused: 0, aborted: 0, lost: 0 };
  const open = new Set<Promise<void>>();
  const total = () => counts.answered + counts.refused + counts.aborted + counts.lost;
  const started = Date.now();
  for (let second = 0; second < seconds && !signal.aborted; second++) {
    const wave = 1 + 0.5 * Math.sin(second / 9);
    const sessions = poisson(sessionsPerSecond * wave, random);
    for (let i = 0; i < sessions && open.size < maxOpen; i++) {
      // No incident is on: the end lies far ahead.
      const now = Date.now();
      const plan = planSession(application(random), now, now, random);
      const running: Promise<void> = runSession(plan, now, { ...options, random }, counts)
        .finally(() => open.delete(running));
      open.add(running);
    }
    await systemClock.sleep(started + (second + 1) * 1_000 - Date.now(), signal);
    onProgress(second + 1, total());
  }
  await Promise.all(open);
  return counts;
}

interface SessionOptions extends LiveOptions {
  readonly random: Random;
}

async function runSession(
  plan: readonly PlannedCall[],
  start: number,
  options: SessionOptions,
  counts: LiveCounts,
): Promise<void> {
  const { signal } = options;
  const begun = Date.now();
  let turn: CarriedCall[] = [];
  for (const call of plan) {
    await systemClock.sleep(begun + (call.at - start) / haste - Date.now(), signal);
    await systemClock.sleep(longest(call.agent?.before ?? []), signal);
    if (signal.aborted) return;
    const at = Date.now();
    try {
      const { outcome, event, error } = await carryOut(call, options);
      counts[outcome]++;
      const ms = Date.now() - at;
      if (call.agent) turn.push({ call, step: call.agent, at, ms, error });
      if (!error) await systemClock.sleep(longest(call.agent?.after ?? []), signal);
      if (call.endsTurn) {
        await tell(call, turn, event ? { event, at: at + ms } : null, options);
        turn = [];
      }
    } catch {
      counts.lost++;
    }
  }
}

/** What an application records when a turn has ended. */
async function tell(
  call: PlannedCall,
  turn: readonly CarriedCall[],
  ended: { readonly event: string; readonly at: number } | null,
  { project, random, record }: SessionOptions,
): Promise<void> {
  const feedback = ended && feedbackEvent(project, call, ended, random);
  await Promise.all([...turnEvents(project, turn), ...(feedback ? [feedback] : [])].map(record));
}

interface CarriedOut {
  readonly outcome: keyof LiveCounts;
  /** The call's event. */
  readonly event: string | null;
  /** Null: it was answered. */
  readonly error: string | null;
}

async function carryOut(
  call: PlannedCall,
  { url, key }: LiveOptions,
): Promise<CarriedOut> {
  const { path, body } = call.request();
  const response = await fetch(`${url}${gatewayPath(call.provider, path)}`, {
    method: "POST",
    headers: headersFor(call, key),
    body: JSON.stringify(body),
  });
  const event = response.headers.get("x-watchllm-event-id");
  const ended = (outcome: keyof LiveCounts): CarriedOut => ({
    outcome,
    event,
    error: response.ok && outcome !== "aborted" ? null : `The call ended with ${response.status}.`,
  });
  if (call.fate.kind !== "aborted") {
    await response.body?.pipeTo(new WritableStream());
    if (call.fate.kind === "answered") return ended(response.ok ? "answered" : "lost");
    return ended(response.status === call.fate.status ? "refused" : "lost");
  }
  const reader = response.body?.getReader();
  for (let chunk = 0; chunk < 2 + 30 * call.fate.share; chunk++) {
    if ((await reader?.read())?.done !== false) return ended("answered");
  }
  await reader?.cancel();
  return ended("aborted");
}

/** The three families have routes of their own; the others go by `/proxy/`. */
function gatewayPath(provider: string, path: string): string {
  return ["openai", "anthropic", "google"].includes(provider) ? path : `/proxy/${provider}${path}`;
}

function headersFor(call: PlannedCall, key: string): Record<string, string> {
  const properties = Object.entries(call.properties).map(([name, value]) => [
    `x-watchllm-property-${name}`,
    value,
  ]);
  return {
    "content-type": "application/json",
    "authorization": `Bearer ${key}`,
    // Nobody records spans of the others: their trace would hang in the air.
    ...(call.agent && { "traceparent": `00-${call.trace}-${call.agent.span}-01` }),
    ...(call.provider === "anthropic" && { "anthropic-version": "2026-10-21" }),
    ...(call.cache !== "default" && { "x-watchllm-cache-mode": call.cache }),
    ...(call.user && { "x-watchllm-user": call.user }),
    ...(call.session && { "x-watchllm-session": call.session }),
    ...(call.fate.kind === "refused" && { "x-simulate": `status=${call.fate.status}` }),
    ...Object.fromEntries(properties),
  };
}
