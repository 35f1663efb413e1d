/**
 * Live calls: plans carried out, at a speed at which one can watch them.
 *
 * @module
 */
import { Random } from "../simulator/random.ts";
import { application, poisson } from "./history.ts";
import { type PlannedCall, planSession } from "./plan.ts";

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
      const running: Promise<void> = runSession(plan, now, options, counts)
        .finally(() => open.delete(running));
      open.add(running);
    }
    await pause(started + (second + 1) * 1_000 - Date.now(), signal);
    onProgress(second + 1, total());
  }
  await Promise.all(open);
  return counts;
}

async function runSession(
  plan: readonly PlannedCall[],
  start: number,
  options: LiveOptions,
  counts: LiveCounts,
): Promise<void> {
  const begun = Date.now();
  for (const call of plan) {
    await pause(begun + (call.at - start) / haste - Date.now(), options.signal);
    if (options.signal.aborted) return;
    try {
      counts[await carryOut(call, options)]++;
    } catch {
      counts.lost++;
    }
  }
}

async function carryOut(
  call: PlannedCall,
  { url, key }: LiveOptions,
): Promise<keyof LiveCounts> {
  const { path, body } = call.request();
  const response = await fetch(`${url}${gatewayPath(call.provider, path)}`, {
    method: "POST",
    headers: headersFor(call, key),
    body: JSON.stringify(body),
  });
  if (call.fate.kind !== "aborted") {
    await response.body?.pipeTo(new WritableStream());
    if (call.fate.kind === "answered") return response.ok ? "answered" : "lost";
    return response.status === call.fate.status ? "refused" : "lost";
  }
  const reader = response.body?.getReader();
  for (let chunk = 0; chunk < 2 + 30 * call.fate.share; chunk++) {
    if ((await reader?.read())?.done !== false) return "answered";
  }
  await reader?.cancel();
  return "aborted";
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
    "traceparent": `00-${call.trace}-${call.span}-01`,
    ...(call.provider === "anthropic" && { "anthropic-version": "2026-10-21" }),
    ...(call.cache !== "default" && { "x-watchllm-cache-mode": call.cache }),
    ...(call.user && { "x-watchllm-user": call.user }),
    ...(call.session && { "x-watchllm-session": call.session }),
    ...(call.fate.kind === "refused" && { "x-simulate": `status=${call.fate.status}` }),
    ...Object.fromEntries(properties),
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
