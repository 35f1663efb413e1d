/**
 * Plans sessions: who asks what of which model, when, and how it ends. The history writes plans down;
 * the live part carries them out.
 *
 * @module
 */
import type { Random } from "../simulator/random.ts";
import { type Application, inUse, type ModelUse, toolResults } from "./applications.ts";
import { someone } from "./people.ts";
import { type Ask, embeddingRequest, type ProviderRequest, requestFor } from "./requests.ts";
import { during } from "./shape.ts";
import { type AgentStep, workOf } from "./work.ts";

/** How a call ends. */
export type Fate =
  | { readonly kind: "answered" }
  | { readonly kind: "refused"; readonly status: number }
  /** The client goes after this share of the answer. */
  | { readonly kind: "aborted"; readonly share: number };

export interface PlannedCall {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The same for calls with the same request. */
  readonly key: string;
  readonly provider: string;
  readonly model: string;
  readonly stream: boolean;
  readonly request: () => ProviderRequest;
  readonly user: string | null;
  readonly session: string | null;
  readonly trace: string;
  readonly span: string;
  readonly parentSpan: string | null;
  /** Where it stands in its agent's turn; null: nobody but the gateway records it. */
  readonly agent: AgentStep | null;
  /** Whether nothing follows in its turn. */
  readonly endsTurn: boolean;
  readonly properties: Readonly<Record<string, string>>;
  readonly fate: Fate;
  /** `on`: asks for the cache; `default`: what is cached without asking; `off`: neither. */
  readonly cache: "on" | "default" | "off";
}

/** One session that begins at `start`. `end` is the demo's end, which the incidents count from. */
export function planSession(
  application: Application,
  start: number,
  end: number,
  random: Random,
): PlannedCall[] {
  const uses = application.models.filter((use) => inUse(use, start, end));
  const use = random.weighted(uses.map((one) => [one, one.weight] as const));
  const conversation = application.conversations.length === 0
    ? null
    : random.pick(application.conversations);
  if (!conversation) return [];
  const person = application.interactive ? someone(random) : null;
  const session = application.interactive ? `s_${random.id(14).toLowerCase()}` : null;
  const properties = {
    feature: application.feature,
    environment: random.chance(0.93) ? "production" : "staging",
    language: conversation.language,
  };
  const asked: string[] = [];
  const calls: PlannedCall[] = [];
  let at = start;
  for (const [turn, { user, assistant }] of conversation.turns.entries()) {
    // Some leave before they have asked everything.
    if (turn > 0 && random.chance(0.15)) break;
    asked.push(user);
    const steps = stepsOf(application, use, asked, random);
    const trace = random.hex(32);
    const places = agentSteps(application, user, steps, random);
    for (const [step, request] of steps.entries()) {
      const fate = fateOf(use, application, at, end, random);
      const agent = places[step] ?? null;
      const ends = endsSession(fate, agent);
      calls.push({
        at: Math.round(at),
        key: [application.feature, use.model, asked[0], turn, step, request.stream].join("/"),
        provider: use.provider,
        model: use.model,
        stream: request.stream,
        request: request.build,
        user: person,
        session,
        trace,
        span: random.hex(16),
        parentSpan: agent?.span ?? null,
        agent,
        endsTurn: ends || step === steps.length - 1,
        properties,
        fate,
        cache: fate.kind !== "answered" ? "off" : cacheOf(application, turn, step),
      });
      at += 900 + random.logNormal(2_500, 0.5);
      if (ends) return calls;
    }
    asked.push(assistant);
    at += random.logNormal(38_000, 0.6);
  }
  return calls;
}

/** Whether nothing more is asked after a call that ended so: agents do not try again. */
function endsSession(fate: Fate, agent: AgentStep | null): boolean {
  if (fate.kind !== "refused") return fate.kind === "aborted";
  return fate.status < 429 || agent !== null;
}

/** The places of a turn's calls; empty for an application that records nothing itself. */
function agentSteps(
  { feature, tools, search }: Application,
  question: string,
  steps: readonly Step[],
  random: Random,
): AgentStep[] {
  if (tools.length === 0 && !search) return [];
  const turn = { root: random.hex(16), name: feature, question } as const;
  const before = search ? [workOf(search, random)] : [];
  if (tools.length === 0) {
    return [{ ...turn, kind: "chain", span: turn.root, number: 1, before, after: [] }];
  }
  return steps.map((_, index) => ({
    ...turn,
    kind: "agent",
    span: random.hex(16),
    number: index + 1,
    before: index === 0 ? before : [],
    // What the model asked for runs at once; the next call takes all of it.
    after: index < steps.length - 1 ? tools.map(({ name }) => workOf(name, random)) : [],
  }));
}

/** Embeddings are cached by themselves; an application may ask it for the questions that open a session. */
function cacheOf({ kind, cached }: Application, turn: number, step: number): PlannedCall["cache"] {
  if (kind === "embedding") return "default";
  return cached && turn === 0 && step === 0 ? "on" : "off";
}

interface Step {
  readonly stream: boolean;
  readonly build: () => ProviderRequest;
}

function stepsOf(
  application: Application,
  use: ModelUse,
  asked: readonly string[],
  random: Random,
): Step[] {
  const turns = [...asked];
  if (application.kind === "embedding") {
    return [{ stream: false, build: () => embeddingRequest(use.model, turns) }];
  }
  const stream = random.chance(application.streamed);
  const ask: Ask = {
    provider: use.provider,
    model: use.model,
    system: application.system,
    turns,
    tools: application.tools,
    toolResult: null,
    json: use.provider === "anthropic" ? null : application.json,
    stream,
    cached: (application.system?.length ?? 0) > 3_000,
  };
  const direct: Step = { stream, build: () => requestFor(ask) };
  const tool = application.tools[0];
  if (!tool || !random.chance(0.6)) return [direct];
  const toolResult = toolResults[tool.name] ?? "{}";
  return [direct, { stream, build: () => requestFor({ ...ask, toolResult }) }];
}

/** Refusals of an ordinary day, as shares of all calls. */
const everyday: readonly (readonly [number, number])[] = [[429, 6], [500, 2], [503, 1.5], [400, 2]];
const everydayShare = 0.009;

function fateOf(
  use: ModelUse,
  application: Application,
  at: number,
  end: number,
  random: Random,
): Fate {
  if (use.provider === "openai" && during("outage", at, end) && random.chance(0.4)) {
    return { kind: "refused", status: random.chance(0.7) ? 500 : 429 };
  }
  if (use.provider === "groq" && during("expiredKey", at, end)) {
    return { kind: "refused", status: 401 };
  }
  if (random.chance(everydayShare)) {
    const status = random.weighted(everyday);
    return {
      kind: "refused",
      status: status === 503 && use.provider === "anthropic" ? 529 : status,
    };
  }
  if (application.streamed > 0 && application.interactive && random.chance(0.014)) {
    return { kind: "aborted", share: 0.1 + 0.8 * random.next() };
  }
  return { kind: "answered" };
}
