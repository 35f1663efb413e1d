/**
 * The provider simulator: answers requests of the three wire families as the providers do, with usage
 * that adds up, and keeps a bill for each answer.
 *
 * @module
 */
import { emptyBuckets, type UsageBuckets } from "@/core/event/usage.ts";
import { type Asked, type Fault, faultOf, readAsked } from "./asked.ts";
import { systemClock } from "./clock.ts";
import type { Bill, Latency, Simulator, SimulatorOptions } from "./contract.ts";
import { errorBody, familyHeaders, keyOf, operations } from "./families.ts";
import { traitsOf } from "./models.ts";
import { inPieces, type Pace, play } from "./play.ts";
import { PromptCache } from "./prompt_cache.ts";
import { hash, Random } from "./random.ts";
import { Refusal, type Reply } from "./reply.ts";
import { routeOf } from "./route.ts";

const instant: Latency = { ttftMs: () => 0, msPerToken: () => 0 };

/** Makes a simulator. It holds nothing open and reads no environment. */
export function createSimulator(options: SimulatorOptions = {}): Simulator {
  const { seed = 1, clock = systemClock, latency = instant, maxBills = 100_000 } = options;
  const bills: Bill[] = [];
  const cache = new PromptCache(clock);
  const seen = new Map<number, number>();

  /** The same request again gets another answer, but always the same other one. */
  function randomFor(request: Request, text: string): Random {
    const key = hash(new URL(request.url).pathname + text);
    const times = (seen.get(key) ?? 0) + 1;
    seen.set(key, times);
    if (seen.size > 50_000) seen.clear();
    return new Random(`${seed}/${key}/${times}`);
  }

  function record(bill: Bill): void {
    bills.push(bill);
    if (bills.length > maxBills) bills.splice(0, bills.length - maxBills);
  }

  /** The request's signal is touched only when there is something to wait for. */
  async function waitBefore({ request }: Asked, ms: number): Promise<void> {
    if (ms > 0) await clock.sleep(ms, request.signal);
  }

  function billOf(asked: Asked, requestId: string, status: number): Bill {
    return {
      id: "",
      requestId,
      at: new Date(clock.now()).toISOString(),
      provider: asked.route.provider,
      endpoint: asked.endpoint,
      requestedModel: asked.model,
      model: asked.model,
      stream: asked.stream,
      status,
      complete: true,
      buckets: emptyBuckets(),
    };
  }

  async function refuse(asked: Asked, requestId: string, fault: Fault): Promise<Response> {
    const { family } = asked.route;
    await waitBefore(asked, asked.controls.delay ?? 0);
    record(billOf(asked, requestId, fault.status));
    const body = errorBody(family, fault.status, requestId, fault.message, fault.param);
    return new Response(body, {
      status: fault.status,
      headers: {
        "content-type": `application/json${family === "google" ? "; charset=UTF-8" : ""}`,
        ...familyHeaders(family, requestId, 4),
        ...(fault.status === 429 && { "retry-after": "2" }),
      },
    });
  }

  function compose(asked: Asked, random: Random): Reply | Fault {
    const { request, route, model, body, controls } = asked;
    try {
      return operations[route.operation]({
        provider: route.provider,
        model,
        traits: traitsOf(model),
        body,
        url: new URL(request.url),
        headers: request.headers,
        controls,
        random,
        cache,
        cacheScope: `${route.provider}/${model}/${keyOf(request) ?? ""}`,
        now: Math.floor(clock.now() / 1_000),
      }, route.family);
    } catch (error) {
      if (error instanceof Refusal) return error;
      throw error;
    }
  }

  async function send(asked: Asked, requestId: string, reply: Reply): Promise<Response> {
    const { controls, request, route } = asked;
    const { wait, pace } = timing(asked, reply, latency);
    await waitBefore(asked, wait);
    const shaped = reply.stream ? reply : { ...reply, frames: inPieces(reply, controls) };
    const body = play(shaped, controls, pace, clock, ({ complete, output, reasoning }) => {
      record({
        ...billOf(asked, requestId, 200),
        id: reply.id,
        model: reply.model,
        complete,
        buckets: { ...reply.input, output, reasoning },
      });
    });
    const headers = new Headers({
      "content-type": reply.contentType,
      ...familyHeaders(route.family, requestId, wait),
      ...(reply.stream && { "cache-control": "no-cache" }),
    });
    const zipped = controls.encoding === "gzip" &&
      (request.headers.get("accept-encoding") ?? "").includes("gzip");
    if (!zipped) return new Response(body, { headers });
    headers.set("content-encoding", "gzip");
    return new Response(body.pipeThrough(new CompressionStream("gzip")), { headers });
  }

  async function answer(request: Request): Promise<Response> {
    const text = request.body ? await request.text() : "";
    const random = randomFor(request, text);
    const route = routeOf(request);
    if (!route) return new Response(errorBody("openai", 404, ""), { status: 404 });
    const requestId = route.family === "anthropic"
      ? `req_011C${random.id(20)}`
      : `req_${random.hex(32)}`;
    const asked = readAsked(request, route, text, options);
    if (asked.controls.hang === -1) await silence(request.signal);
    const fault = faultOf(asked);
    if (fault) return await refuse(asked, requestId, fault);
    const reply = compose(asked, random);
    return "status" in reply
      ? await refuse(asked, requestId, reply)
      : await send(asked, requestId, reply);
  }

  return { fetch: answer, bills };
}

/** When the head is sent, and how long each frame takes. */
function timing(
  { controls, model }: Asked,
  reply: Reply,
  latency: Latency,
): { wait: number; pace: Pace } {
  const perToken = latency.msPerToken(model);
  const tokens = reply.frames.map(({ output = 0, reasoning = 0 }) => output + reasoning);
  const generating = reply.stream ? 0 : tokens.reduce((sum, count) => sum + count, 0) * perToken;
  return {
    wait: controls.delay ?? latency.ttftMs(model, sumOf(reply.input)) + generating,
    pace: (frame) => {
      if (frame === 0) return controls.ttft ?? 0;
      return controls.pace ?? (reply.stream ? (tokens[frame] ?? 0) * perToken : 0);
    },
  };
}

function sumOf(buckets: UsageBuckets): number {
  return Object.values(buckets).reduce((sum, tokens) => sum + tokens, 0);
}

function silence(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
}
