/**
 * One round of one scenario against one target.
 *
 * @module
 */
import { answers, type Kind, requestBody } from "./answers.ts";
import { type Job, type Outcome, outcomeSchema } from "./load.ts";
import { cpuMicros, output } from "./process.ts";
import { rawRequest, type Target } from "./target.ts";

export interface Scenario {
  readonly name: string;
  readonly kind: Kind;
  readonly connections: number;
  readonly perSecond?: number;
}

export interface Round extends Outcome {
  readonly perSecond: number;
  /** CPU time of the target's process for each call, in microseconds. */
  readonly cpuMicros: number;
}

export interface RoundTimes {
  readonly seconds: number;
  readonly warmupSeconds: number;
}

const loadFile = new URL("./load.ts", import.meta.url).pathname;

export async function measure(
  target: Target,
  scenario: Scenario,
  times: RoundTimes,
  maxRequests: number | null = null,
): Promise<Round> {
  const job: Job = {
    port: target.port,
    request: rawRequest(target, scenario.kind),
    connections: scenario.connections,
    ...times,
    perSecond: scenario.perSecond ?? null,
    maxRequests,
    // A gateway may write the same answer with fewer blanks, but not with fewer events.
    minBytes: Math.floor(answers[scenario.kind].body.length * 0.8),
  };
  const before = cpuMicros(target.pid);
  const outcome = outcomeSchema.parse(
    JSON.parse(await output(["run", "-A", "--quiet", loadFile, JSON.stringify(job)])),
  );
  const used = cpuMicros(target.pid) - before;
  if (outcome.failed > outcome.answered / 1_000) {
    throw new Error(
      `${target.name}, ${scenario.name}: ${outcome.failed} of ${
        outcome.failed + outcome.answered
      } calls failed: ${outcome.failure}`,
    );
  }
  return {
    ...outcome,
    perSecond: outcome.answered / outcome.seconds,
    cpuMicros: used / outcome.answeredInAll,
  };
}

/** Refuses a target whose answers are not the upstream's. `exact`: byte for byte. */
export async function verify(target: Target, exact: boolean): Promise<void> {
  for (const kind of ["json-0", "sse-0"] as const) {
    const response = await fetch(`http://127.0.0.1:${target.port}${target.path}`, {
      method: "POST",
      headers: { ...target.headers, "content-type": "application/json" },
      body: requestBody(kind),
    });
    const body = await response.text();
    const expected = answers[kind].body;
    const same = exact ? body === expected : shapeOf(body) === shapeOf(expected);
    if (response.status !== 200 || !same) {
      throw new Error(
        `${target.name} does not answer ${kind} as the upstream does: status ${response.status}, ` +
          `${body.length} bytes instead of ${expected.length}: ${body.slice(0, 200)}`,
      );
    }
  }
}

/** The texts in an answer, whatever else a gateway adds to it. */
function shapeOf(body: string): string {
  return [...body.matchAll(/"content":\s*"([^"]*)"/g)].map((match) => match[1]).join("|");
}
