/**
 * What a page may use. `main.ts` puts `services` and `requestId` into the state before the file routes;
 * the root middleware adds who is signed in and how the page looks. Pages open no handle themselves.
 *
 * @module
 */
import { createDefine } from "fresh";
import type { Analytics } from "@/core/analytics/contract.ts";
import type { ReadOverview } from "@/core/analytics/overview/overview.ts";
import type { TraceAnalytics } from "@/core/analytics/trace_analytics.ts";
import type { Session } from "@/core/identity/contract.ts";
import type { Projects, Sessions, SignIn } from "@/core/identity/types.ts";
import type { SavedViews } from "@/core/saved_views/saved_views.ts";
import type { ReadCallView } from "@/core/transcript/call_view.ts";
import type { Demo } from "../(_api)/demo.ts";
import type { Readiness } from "@/components/readiness.ts";
import type { Theme } from "@/components/theme.ts";

/** The parts of the product that pages read from. */
export interface Services {
  /** The API, answered in this process: what an open page asks too. */
  readonly api: (request: Request) => Promise<Response>;
  readonly analytics: Analytics;
  readonly overview: ReadOverview;
  readonly call: ReadCallView;
  readonly traces: Pick<
    TraceAnalytics,
    "traces" | "trace" | "sessions" | "session" | "users" | "user" | "models"
  >;
  readonly views: SavedViews;
  readonly demo: Pick<Demo, "state">;
  readonly projects: Pick<Projects, "list">;
  readonly sessions: Sessions;
  readonly signIn: Pick<SignIn, "hasPassword" | "withPassword" | "withLink">;
  /** How the installation stands for one project. Never rejects: what is away is part of the answer. */
  readonly readiness: (project: string) => Promise<Readiness>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** The version of the product, for the foot of the page. */
  readonly version: string;
  /** Unexpected errors, for the operator: the reader is told the request id alone. */
  readonly report: (error: unknown, requestId: string) => void;
  /** Docs by their slug, e.g. `dashboard`; null when there is none. */
  readonly doc: (slug: string) => Promise<string | null>;
}

export interface State {
  readonly services: Services;
  /** Names the request in errors and logs. */
  readonly requestId: string;
  session: Session | null;
  theme: Theme;
}

export const define = createDefine<State>();
