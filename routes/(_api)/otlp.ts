/**
 * OTLP/HTTP for traces, in both encodings. Errors are told as `google.rpc.Status`, as exporters expect; an
 * exporter of metrics or logs, which belong elsewhere, is told so as every other client is.
 *
 * @module
 */
import type { Context } from "hono";
import { AppError } from "@/core/error.ts";
import { parseBody, readBody } from "@/core/ingest/body.ts";
import type { Ingest } from "@/core/ingest/ingest.ts";
import {
  contentTypes,
  encodingOf,
  grpcCode,
  type OtlpEncoding,
  statusBody,
  successBody,
} from "@/core/ingest/otel/answer.ts";
import { readJson } from "@/core/ingest/otel/read_json.ts";
import { readProtobuf } from "@/core/ingest/otel/read_protobuf.ts";
import { NotOtlp, type SpanGroup } from "@/core/ingest/otel/span.ts";
import type { ApiDeps, ApiEnv } from "./context.ts";
import { answer as refused } from "./errors.ts";
import { keyOwner } from "./ingest_auth.ts";
import { otherSignals, otlpPaths } from "./openapi_otlp.ts";
import { apiRouter } from "./router.ts";

type Deps = Pick<ApiDeps, "ingest" | "verifier" | "report">;

export function otlpRoutes({ ingest, verifier, report }: Deps) {
  const app = apiRouter();
  for (const path of otlpPaths) app.openAPIRegistry.registerPath(path);

  for (const path of ["/v1/traces", "/api/public/otel/v1/traces"]) {
    app.post(path, async (c) => {
      const encoding = encodingOf(c.req.header("content-type") ?? null);
      try {
        if (!encoding) {
          throw new AppError("unsupported_media_type", { taken: Object.values(contentTypes) });
        }
        const owner = await keyOwner(verifier, c.req.raw.headers);
        const context = await ingest.context(owner, "otel");
        const groups = await readGroups(c.req.raw, encoding, ingest);
        const { rejected, again } = await ingest.otlp.take(groups, context);
        if (again) return failure(c, encoding, again.status, again.message);
        return answer(c, encoding, 200, successBody(encoding, rejected));
      } catch (error) {
        const known = error instanceof AppError ? error : new AppError("internal");
        if (known.status >= 500) report(error, c.var.requestId);
        return failure(c, encoding ?? "json", known.status, messageOf(known));
      }
    });
  }
  for (const path of otherSignals) {
    // Not thrown: it is nothing for the operator, and exporters come every minute.
    app.post(path, (c) => refused(c, new AppError("otlp_signal")));
  }
  return app;
}

async function readGroups(
  request: Request,
  encoding: OtlpEncoding,
  { limits, budget }: Ingest,
): Promise<SpanGroup[]> {
  const share = budget.share();
  try {
    const bytes = await readBody(request, limits, share);
    return encoding === "json" ? readJson(parseBody(bytes, limits)) : readProtobuf(bytes);
  } catch (error) {
    if (!(error instanceof NotOtlp)) throw error;
    throw new AppError("bad_request", {
      fields: [{ field: "body", expected: `must be OTLP: ${error.message}` }],
    });
  } finally {
    share.release();
  }
}

function messageOf({ message, details }: AppError): string {
  return details ? `${message} ${JSON.stringify(details)}` : message;
}

function failure(
  c: Context<ApiEnv>,
  encoding: OtlpEncoding,
  status: number,
  message: string,
): Response {
  if (status === 429 || status === 503) c.header("Retry-After", "1");
  return answer(c, encoding, status, statusBody(encoding, grpcCode(status), message));
}

function answer(
  c: Context<ApiEnv>,
  encoding: OtlpEncoding,
  status: number,
  body: Uint8Array<ArrayBuffer>,
): Response {
  c.header("Content-Type", contentTypes[encoding]);
  // The statuses are those of the error table, which may all have a body.
  return c.body(body, status as 200);
}
