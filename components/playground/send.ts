/**
 * Sends a request through the gateway as any client does, and tells what comes while it comes.
 *
 * @module
 */
import { pathPart } from "../page_url.ts";
import { answerReader } from "./answer_text.ts";

export interface Sending {
  readonly provider: string;
  /** The provider's path. */
  readonly path: string;
  readonly method: string;
  readonly body: string;
  /** A project key. */
  readonly key: string;
  /** Whether the provider is asked even if the answer is stored. */
  readonly anew: boolean;
}

/** How far an answer is. */
export interface Outcome {
  readonly phase: "waiting" | "answering" | "ended" | "stopped" | "broken";
  /** Null until the answer begins. */
  readonly status: number | null;
  /** Who refused it, when it was refused. */
  readonly refusedBy: "gateway" | "provider" | null;
  /** What went wrong, in words. */
  readonly problem: string | null;
  /** When to try again, in seconds, if whoever refused it says so. */
  readonly retryAfter: string | null;
  readonly event: string | null;
  /** What the answer says so far. */
  readonly text: string;
  /** The answer as it came. */
  readonly raw: string;
  readonly ms: number;
  /** Until it said something. */
  readonly firstMs: number | null;
}

const begun: Outcome = {
  phase: "waiting",
  status: null,
  refusedBy: null,
  problem: null,
  retryAfter: null,
  event: null,
  text: "",
  raw: "",
  ms: 0,
  firstMs: null,
};

/** Calls `tell` with each change; the last one says how it ended. Never throws. */
export async function send(
  { provider, path, method, body, key, anew }: Sending,
  signal: AbortSignal,
  tell: (outcome: Outcome) => void,
): Promise<void> {
  const start = performance.now();
  let latest = begun;
  const change = (part: Partial<Outcome>) => {
    latest = { ...latest, ...part, ms: performance.now() - start };
    tell(latest);
  };
  change({});
  try {
    const answer = await fetch(`/proxy/${pathPart(provider)}${path}`, {
      method,
      signal,
      // The key says whose call it is; the session is none of the gateway's business.
      credentials: "omit",
      headers: {
        "authorization": `Bearer ${key}`,
        "content-type": "application/json",
        ...(anew && { "x-watchllm-cache-mode": "refresh" }),
      },
      ...(method !== "GET" && { body }),
    });
    change({ phase: "answering", ...headOf(answer) });
    const reader = answerReader(/event-stream/.test(answer.headers.get("content-type") ?? ""));
    const decoder = new TextDecoder();
    const take = ({ text, problem }: { text: string; problem: string | null }, part: string) =>
      change({
        text,
        raw: latest.raw + part,
        problem: latest.problem ?? problem,
        firstMs: latest.firstMs ?? (text === "" ? null : performance.now() - start),
      });
    for await (const bytes of answer.body ?? []) {
      const part = decoder.decode(bytes, { stream: true });
      take(reader.push(part), part);
    }
    take(reader.end(), "");
    change({ phase: "ended" });
  } catch {
    if (signal.aborted) return change({ phase: "stopped" });
    const problem = latest.status === null
      ? "The gateway could not be reached."
      : "The connection broke before the answer ended.";
    change({ phase: "broken", problem });
  }
}

function headOf({ ok, status, headers }: Response): Partial<Outcome> {
  return {
    status,
    event: headers.get("x-watchllm-event-id"),
    refusedBy: ok ? null : headers.has("x-watchllm-error") ? "gateway" : "provider",
    retryAfter: ok ? null : headers.get("retry-after"),
  };
}
