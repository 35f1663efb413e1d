/**
 * What a trace adds up to, above its tree.
 *
 * @module
 */
import type { TraceSummary } from "@/core/analytics/trace_types.ts";
import { CallFacts } from "../activity/sum_facts.tsx";
import { Fact, FactsLine } from "../facts_line.tsx";
import { countOf, formatDuration, shortenId } from "../format.ts";
import { IdText } from "../id_text.tsx";
import { LocalTime } from "../local_time.tsx";
import { otherPage, pathPart } from "../page_url.ts";
import { VisibleText } from "../visible_text.tsx";

export function TraceFacts({ trace, url }: { trace: TraceSummary; url: URL }) {
  const { user_id, session_id } = trace;
  const linked = (path: string, id: string) => (
    <a href={otherPage(`/dashboard/${path}/${pathPart(id)}`, url)}>
      <VisibleText text={shortenId(id, 24)} />
    </a>
  );
  const parts = [
    countOf(trace.spans, "span"),
    countOf(trace.calls, "call"),
    countOf(trace.tool_calls, "tool"),
  ];
  return (
    <FactsLine>
      <Fact term="Began">
        <LocalTime at={trace.start} />
      </Fact>
      <Fact term="Took">{formatDuration(trace.duration_ms)}</Fact>
      <CallFacts sums={trace} errors={trace.errors} />
      <Fact term="Made of">{parts.join(", ")}</Fact>
      {user_id !== null && <Fact term="User">{linked("users", user_id)}</Fact>}
      {session_id !== null && <Fact term="Session">{linked("sessions", session_id)}</Fact>}
      <Fact term="Trace id">
        <IdText id={trace.trace_id} keep={12} label="the trace id" />
      </Fact>
    </FactsLine>
  );
}
