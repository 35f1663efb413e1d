/**
 * OpenTelemetry's spans into the log, each once: an exporter that sends a span again stores nothing.
 *
 * @module
 */
import type { Accepted, Acceptor, Offer } from "../accept.ts";
import type { IngestContext } from "../context.ts";
import { latest } from "../schema/parts.ts";
import { contentHash } from "../seen.ts";
import type { Rejected } from "./answer.ts";
import { mapSpan } from "./map_span.ts";
import type { OtelSpan, SpanGroup } from "./span.ts";

/** What became of a request's spans. */
export interface OtlpOutcome {
  /** Spans that can never be taken as they are. */
  readonly rejected: Rejected;
  /** Spans that were not stored for a passing reason: the whole request has to be sent again. */
  readonly again: { readonly status: number; readonly message: string } | null;
}

export interface Otlp {
  /** Never rejects. */
  take(groups: readonly SpanGroup[], context: IngestContext): Promise<OtlpOutcome>;
}

const latestUs = latest * 1_000;

export function createOtlp(acceptor: Acceptor): Otlp {
  return {
    async take(groups, context) {
      const offers: Offer[] = [];
      const problems: string[] = [];
      for (const { spans, ...place } of groups) {
        for (const span of spans) {
          const problem = problemOf(span);
          if (problem) {
            problems.push(problem);
            continue;
          }
          const id = eventIdOf(span);
          offers.push({
            id,
            content: contentHash(JSON.stringify(span)),
            draft: () => mapSpan(span, place, id, context),
          });
        }
      }
      const accepted = await acceptor.accept(context.project, offers);
      return outcomeOf(accepted, problems);
    },
  };
}

/** The event that a span becomes; the same for the same span. */
export function eventIdOf({ traceId, spanId }: Pick<OtelSpan, "traceId" | "spanId">): string {
  return `${traceId}-${spanId}`;
}

function problemOf({ traceId, spanId, startUs }: OtelSpan): string | null {
  if (!isId(traceId, 32)) return "a span's trace id is not 16 bytes";
  if (!isId(spanId, 16)) return "a span's id is not 8 bytes";
  if (startUs <= 0 || startUs >= latestUs) return "a span's start is not between 1970 and 2254";
  return null;
}

function isId(id: string, length: number): boolean {
  return id.length === length && /^[0-9a-f]+$/.test(id) && !/^0+$/.test(id);
}

function outcomeOf(accepted: readonly Accepted[], problems: string[]): OtlpOutcome {
  let again: OtlpOutcome["again"] = null;
  for (const outcome of accepted) {
    if (!("error" in outcome)) continue;
    const { status, error } = outcome;
    if (status === 429 || status >= 500) {
      again ??= { status: status === 500 ? 503 : status, message: error.message };
    } else {
      problems.push(
        error.code === "id_conflict" ? "a span was sent before with other content" : error.message,
      );
    }
  }
  const counted = Map.groupBy(problems, (message) => message);
  const message = [...counted].slice(0, 5)
    .map(([text, same]) => `${same.length} rejected: ${text}`).join("; ");
  return { rejected: { spans: problems.length, message }, again };
}
