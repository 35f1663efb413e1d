/**
 * The HTTP API as one Hono app. `ApiType` is what a typed client (`hc<ApiType>`) is made from.
 *
 * @module
 */
import { bodyLimit } from "hono/body-limit";
import { AppError } from "@/core/error.ts";
import { analyticsRoutes } from "./analytics.ts";
import { cacheRoutes } from "./cache.ts";
import { adapterRoutes } from "./adapters.ts";
import type { ApiDeps } from "./context.ts";
import { callRoutes } from "./call.ts";
import { demoRoutes } from "./demo.ts";
import { costRoutes } from "./counterfactual.ts";
import { answer, notFound, onError } from "./errors.ts";
import { forecastRoutes } from "./forecast.ts";
import { healthRoutes } from "./health.ts";
import { ingestRoutes, isIngestPath } from "./ingest.ts";
import { limitRoutes } from "./limits.ts";
import { logRoutes } from "./log.ts";
import { allowedMethods, headWithoutBody } from "./methods.ts";
import { openApiRoute } from "./openapi.ts";
import { operationRoutes } from "./operations.ts";
import { otlpRoutes } from "./otlp.ts";
import { overviewRoutes } from "./overview.ts";
import { keyFromQuery } from "./presented_key.ts";
import { priceRoutes } from "./prices.ts";
import { repriceRoutes } from "./reprice.ts";
import { projectRoutes } from "./projects.ts";
import { providerKeyRoutes } from "./provider_keys.ts";
import { dataHeaders, requestId } from "./request_id.ts";
import { providerRoutes } from "./providers.ts";
import { traceRoutes } from "./traces.ts";
import { apiRouter } from "./router.ts";
import { retentionRoutes } from "./retention.ts";
import { viewRoutes } from "./views.ts";
import { settingsRoutes } from "./settings.ts";

export type ApiType = ReturnType<typeof apiApp>;

/** What changes anything here is a name or less. */
const longestBody = 64 * 1024;

/** Paths that are no page's. What is not there is told in the shape that programs read. */
const ownPaths = /^\/(healthz|readyz|metrics|(v1|v1beta|api|proxy)(\/.*)?)$/;

/** Whether a request, if it is not for the gateway, is for the API, as opposed to a page. */
export function isApiPath(pathname: string): boolean {
  return ownPaths.test(pathname) || isIngestPath(pathname);
}

export function apiApp(deps: ApiDeps) {
  const app = apiRouter();
  app.use(requestId, dataHeaders, headWithoutBody, keyFromQuery);
  const limited = bodyLimit({
    maxSize: longestBody,
    onError: () => {
      throw new AppError("body_too_large", { limit_bytes: longestBody });
    },
  });
  app.use((c, next) => isIngestPath(c.req.path) ? next() : limited(c, next));
  app.onError(onError(deps.report));
  app.notFound((c) => {
    const allowed = allowedMethods(app.routes, c.req.path);
    if (allowed.length === 0) return notFound(c);
    c.header("Allow", allowed.join(", "));
    return answer(c, new AppError("method_not_allowed"));
  });
  const routed = app
    .route("/", analyticsRoutes(deps))
    .route("/", costRoutes(deps))
    .route("/", forecastRoutes(deps))
    .route("/", overviewRoutes(deps))
    .route("/", callRoutes(deps))
    .route("/", viewRoutes(deps))
    .route("/", demoRoutes(deps))
    .route("/", cacheRoutes(deps))
    .route("/", projectRoutes(deps))
    .route("/", priceRoutes(deps))
    .route("/", repriceRoutes(deps))
    .route("/", limitRoutes(deps))
    .route("/", providerKeyRoutes(deps))
    .route("/", providerRoutes())
    .route("/", retentionRoutes(deps))
    .route("/", settingsRoutes(deps))
    .route("/", ingestRoutes(deps))
    .route("/", otlpRoutes(deps))
    .route("/", adapterRoutes(deps))
    .route("/", traceRoutes(deps))
    .route("/", logRoutes(deps))
    .route("/", healthRoutes(deps))
    .route("/", operationRoutes(deps));
  openApiRoute(app, deps.version);
  return routed;
}
