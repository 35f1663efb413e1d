/**
 * The product's own pages, built in memory and served in this process behind its security headers,
 * with the analytics routes that an open page asks.
 */
import { App, staticFiles } from "fresh";
import { Builder } from "fresh/dev";
import { config } from "@/fresh.config.ts";
import { bucketsOf, rangeOf } from "@/core/analytics/range.ts";
import type { Metric, Period } from "@/core/analytics/types.ts";
import { AppError, errorBody } from "@/core/error.ts";
import { securityHeaders } from "@/routes/(_http)/security_headers.ts";
import type { Services, State } from "@/routes/(_http)/state.ts";

export type PagesHandler = (request: Request) => Promise<Response>;

let built: Promise<(app: App<State>) => void> | undefined;

/** Builds once for all tests of a file. */
export async function pagesHandler(services: Services): Promise<PagesHandler> {
  built ??= new Builder<State>(config).build({ snapshot: "memory" });
  const apply = await built;
  const app = new App<State>()
    .use(staticFiles())
    .use((ctx) => {
      Object.assign(ctx.state, { services, requestId: "req_test" });
      return ctx.next();
    })
    .get("/v1/analytics/stats", (ctx) => answer(stats(services, ctx.url)))
    .get("/v1/analytics/timeseries", (ctx) => answer(timeseries(services, ctx.url)))
    .fsRoutes();
  apply(app);
  const handler = securityHeaders(app.handler());
  const info: Deno.ServeHandlerInfo = {
    remoteAddr: { transport: "tcp", hostname: "127.0.0.1", port: 1 },
    completed: Promise.resolve(),
  };
  return (request) => Promise.resolve(handler(request, info));
}

function stats({ analytics, now }: Services, { searchParams: query }: URL) {
  const range = rangeOf(
    { date_from: text(query, "date_from"), date_to: text(query, "date_to") },
    now(),
  );
  if (!range.ok) throw new AppError("bad_request");
  return analytics.stats(text(query, "project_id"), { range: range.value });
}

function timeseries({ analytics, now }: Services, { searchParams: query }: URL) {
  // The page under test writes these; the API's own tests cover what else may come.
  const period = text(query, "period") as Period;
  const metric = text(query, "metric") as Metric;
  const buckets = bucketsOf({ period }, now());
  if (!buckets.ok) throw new AppError("bad_request");
  return analytics.timeseries(text(query, "project_id"), { ...buckets.value, metric });
}

function text(query: URLSearchParams, name: string): string {
  const value = query.get(name);
  if (value === null) throw new AppError("bad_request", { fields: [name] });
  return value;
}

async function answer(body: Promise<unknown>): Promise<Response> {
  try {
    return Response.json(await body);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return Response.json(errorBody(error, "req_test"), { status: error.status });
  }
}
