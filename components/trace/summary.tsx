/**
 * What a trace adds up to, above its tree.
 *
 * @module
 */
import type { TraceSummary } from "@/core/analytics/trace_types.ts";
import { CostCell, ErrorsCell } from "../activity/cells.tsx";
import { countOf, exactCount, formatCount, formatDuration, shortenId } from "../format.ts";
import { otherPage, pathPart } from "../page_url.ts";
import { VisibleText } from "../visible_text.tsx";
import { formatInstant, type Zone } from "../zone.ts";

interface TraceFactsProps {
  readonly trace: TraceSummary;
  readonly url: URL;
  readonly zone: Zone;
}

export function TraceFacts({ trace, url, zone }: TraceFactsProps) {
  const tokens = trace.tokens_input + trace.tokens_output;
  return (
    <dl class="facts-line">
      <div>
        <dt>Began</dt>
        <dd>
          <time class="num" datetime={trace.start}>{formatInstant(trace.start, zone)} {zone}</time>
        </dd>
      </div>
      <div>
        <dt>Took</dt>
        <dd class="num">{formatDuration(trace.duration_ms)}</dd>
      </div>
      <div>
        <dt>Cost</dt>
        <dd class="num">
          <CostCell {...trace} />
        </dd>
      </div>
      <div>
        <dt>Tokens</dt>
        <dd class="num" title={exactCount(tokens)}>{formatCount(tokens)}</dd>
      </div>
      <div>
        <dt>Errors</dt>
        <dd>
          <ErrorsCell errors={trace.errors} />
        </dd>
      </div>
      <div>
        <dt>Made of</dt>
        <dd>
          {[
            countOf(trace.spans, "span"),
            countOf(trace.calls, "call"),
            countOf(trace.tool_calls, "tool"),
          ].join(", ")}
        </dd>
      </div>
      {trace.user_id && (
        <div>
          <dt>User</dt>
          <dd>
            <a href={otherPage(`/dashboard/users/${pathPart(trace.user_id)}`, url)}>
              <VisibleText text={shortenId(trace.user_id, 24)} />
            </a>
          </dd>
        </div>
      )}
      {trace.session_id && (
        <div>
          <dt>Session</dt>
          <dd>
            <a href={otherPage(`/dashboard/sessions/${pathPart(trace.session_id)}`, url)}>
              <VisibleText text={shortenId(trace.session_id, 24)} />
            </a>
          </dd>
        </div>
      )}
      <div>
        <dt>Trace id</dt>
        <dd>
          <code title={trace.trace_id}>{shortenId(trace.trace_id, 16)}</code>
        </dd>
      </div>
    </dl>
  );
}
