/**
 * What pages are given, in memory: one password, one project or more, and figures that a test can
 * change while a page is open.
 */
import type { Analytics } from "@/core/analytics/contract.ts";
import { AppError } from "@/core/error.ts";
import type { Session } from "@/core/identity/contract.ts";
import type { Projects, Sessions, SignIn } from "@/core/identity/types.ts";
import type { Readiness } from "@/components/readiness.ts";
import type { Demo, DemoState } from "@/routes/(_api)/demo.ts";
import type { Services } from "@/routes/(_http)/state.ts";
import { type Sample, sampleAnalytics } from "./sample_figures.ts";
import type { Store } from "@/core/analytics/store.ts";
import type { SavedView, SavedViews } from "@/core/saved_views/saved_views.ts";
import { createCallView } from "@/core/transcript/call_view.ts";
import { detailOf, pageOf, rowOf, type SampleCall, sampleCalls } from "./sample_calls.ts";
import { sampleOverview } from "./sample_overview.ts";
import { sampleTraces } from "./sample_traces.ts";

export const password = "a password for tests";
export const linkToken = "a-link-that-works-once";

/** What a test may change while the pages are served. */
export interface World {
  sample: Sample;
  /** Newest first. */
  calls: SampleCall[];
  demo: DemoState;
  readiness: Readiness;
  projects: { id: string; name: string; created_at: string }[];
  hasPassword: boolean;
  /** Spans of the large trace. */
  traceSpans?: number;
  /** Markdown by slug. */
  docs: Record<string, string>;
  /** What the operator was told of. */
  reported: { error: unknown; requestId: string }[];
}

export function ready(): World {
  return {
    sample: { scale: 1 },
    calls: sampleCalls(140, Date.now()),
    demo: { phase: "none", events: 0, expected: null },
    readiness: {
      providers: ["openai", "anthropic", "google"],
      firstCallSeen: true,
      clickhouse: { reachable: true },
      waiting: 0,
      lagMs: 0,
    },
    projects: [project("support-bot")],
    hasPassword: true,
    reported: [],
    docs: { dashboard: "# The dashboard\n\nWhat it shows.", log: "# The log\n\nWhat it keeps." },
  };
}

export function project(name: string) {
  return { id: `p_${name}`, name, created_at: "2026-10-01T08:00:00.000Z" };
}

export function untouched(): World {
  const world = ready();
  world.sample = { scale: 0 };
  world.calls = [];
  world.readiness = { ...world.readiness, providers: [], firstCallSeen: false };
  return world;
}

export function clickhouseAway(): World {
  const world = ready();
  world.readiness = {
    ...world.readiness,
    clickhouse: { reachable: false, since: "2026-11-23T07:41:00.000Z" },
    waiting: 1_284,
    lagMs: 184_000,
  };
  return world;
}

/** The services, with the demo whole: the API fills and empties it. */
export interface SampleServices extends Omit<Services, "api" | "projects"> {
  readonly demo: Demo;
  readonly projects: Pick<Projects, "list" | "create">;
}

export function sampleServices(world: World): SampleServices {
  const sessions = sampleSessions();
  const analytics = analyticsOf(world);
  return {
    analytics,
    call: createCallView(noScores, analytics),
    traces: sampleTraces({
      reachable: () => world.readiness.clickhouse.reachable,
      empty: () => world.sample.scale === 0,
      spans: () => world.traceSpans ?? 5_000,
    }),
    views: memoryViews(),
    demo: memoryDemo(world),
    overview: (id, query) =>
      world.readiness.clickhouse.reachable
        ? Promise.resolve(sampleOverview(id, query, world.sample))
        : Promise.reject(new AppError("analytics_unavailable")),
    projects: {
      list: () => Promise.resolve(world.projects),
      create(name) {
        const made = project(name);
        world.projects.push(made);
        const info = {
          key_id: "NewKey123456",
          environment: "live" as const,
          created_at: made.created_at,
          last_used_at: null,
          revoked_at: null,
        };
        return Promise.resolve({
          project: made,
          issued: { key: "wl_live_NewKey123456_secret", info },
        });
      },
    },
    sessions,
    signIn: sampleSignIn(world, sessions),
    readiness: async () => await world.readiness,
    now: () => Date.now(),
    version: "0.1.0",
    report: (error, requestId) => world.reported.push({ error, requestId }),
    doc: (slug) => Promise.resolve(world.docs[slug] ?? null),
  };
}

function analyticsOf(world: World): Analytics {
  const sample = sampleAnalytics(() => world.sample);
  const whenThere = <T>(read: () => Promise<T>) =>
    world.readiness.clickhouse.reachable
      ? read()
      : Promise.reject(new AppError("analytics_unavailable"));
  const unused = () => {
    throw new Error("The pages under test do not ask for this");
  };
  return {
    stats: (...args) => whenThere(() => sample.stats(...args)),
    timeseries: (...args) => whenThere(() => sample.timeseries(...args)),
    breakdown: unused,
    properties: unused,
    logs: (_, query) => whenThere(() => Promise.resolve(pageOf(world.calls, query))),
    event: (_, id) =>
      whenThere(() => {
        const call = world.calls.find((each) => each.id === id);
        return Promise.resolve(call ? detailOf(call) : null);
      }),
    async *rows() {
      for (const call of world.calls) yield rowOf(call);
    },
  };
}

function sampleSessions(): Sessions {
  const known = new Map<string, Session>();
  return {
    create() {
      const session = {
        id: crypto.randomUUID(),
        createdAt: new Date().toISOString(),
        expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
      };
      const token = crypto.randomUUID();
      known.set(token, session);
      return Promise.resolve({ token, session });
    },
    read: (token) => Promise.resolve(known.get(token) ?? null),
    end: (token) => {
      known.delete(token);
      return Promise.resolve();
    },
  };
}

function sampleSignIn(world: World, sessions: Sessions): Services["signIn"] {
  let failures = 0;
  let spent = false;
  const letIn = async (right: boolean): ReturnType<SignIn["withPassword"]> => {
    if (failures >= 5) return { ok: false, reason: "limited", retryAfter: 30 };
    if (right) return { ok: true, ...await sessions.create() };
    failures += 1;
    return { ok: false, reason: "wrong" };
  };
  return {
    get hasPassword() {
      return world.hasPassword;
    },
    withPassword: (given) => letIn(world.hasPassword && given === password),
    withLink: (token) => {
      const right = token === linkToken && !spent;
      spent ||= right;
      return letIn(right);
    },
  };
}

/** Nobody has said anything about these calls. */
const noScores: Store = {
  query: () => Promise.resolve([]),
  async *stream() {},
};

/** The product's own, on a map: views are read and written as one value for each project. */
function memoryViews(): SavedViews {
  const kept = new Map<string, SavedView[]>();
  const of = (id: string) => kept.get(id) ?? [];
  return {
    list: (id) => Promise.resolve(of(id)),
    save(id, { name, path }) {
      const view = { id: crypto.randomUUID(), name, path, created_at: new Date().toISOString() };
      kept.set(id, [...of(id).filter((each) => each.name !== name), view]);
      return Promise.resolve(view);
    },
    remove(id, viewId) {
      const rest = of(id).filter((each) => each.id !== viewId);
      const found = rest.length < of(id).length;
      kept.set(id, rest);
      return Promise.resolve(found);
    },
  };
}

/** Fills at once: a state and no event. */
function memoryDemo(world: World): Demo {
  const set = (demo: DemoState) => Promise.resolve(world.demo = demo);
  return {
    state: () => Promise.resolve(world.demo),
    fill: () => set({ phase: "filling", events: 9_000, expected: 28_800 }),
    remove: () => set({ phase: "none", events: 0, expected: null }),
  };
}
