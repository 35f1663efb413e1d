/**
 * What was decided for a call and on what grounds; of the cache's decision also the call that an answer
 * was bought by, or the request that came nearest and what tells the two apart.
 *
 * @module
 */
import type { Decision, EventRow } from "@/core/analytics/types.ts";
import { formatDuration, formatRate } from "../format.ts";
import { drillDown, pathPart } from "../page_url.ts";
import { CacheWord } from "../requests/cells.tsx";
import { VisibleText } from "../visible_text.tsx";

interface DecisionsProps {
  readonly decisions: readonly Decision[];
  /** What the cache did, said as the lists say it. */
  readonly cache: EventRow["cache"];
  readonly url: URL;
}

export function Decisions({ decisions, cache, url }: DecisionsProps) {
  return (
    <dl class="decisions">
      {decisions.filter(({ attempt }) => !attempt).map((decision, index) => (
        <div key={index}>
          <dt class="small muted">{decision.about}</dt>
          <dd>
            <strong>
              {decision.about === "cache"
                ? <CacheWord cache={cache} />
                : <VisibleText text={decision.decision} />}
            </strong>
            <span class="muted">
              <VisibleText text={decision.because} />
            </span>
            {decision.detail && <CacheDetail detail={decision.detail} url={url} />}
          </dd>
        </div>
      ))}
    </dl>
  );
}

interface CacheDetailProps {
  readonly detail: NonNullable<Decision["detail"]>;
  readonly url: URL;
}

function CacheDetail({ detail, url }: CacheDetailProps) {
  const { source_event, age_ms, similarity, nearest, ttl_seconds } = detail;
  const call = (id: string) => drillDown(`/dashboard/requests/${pathPart(id)}`, url, {});
  return (
    <>
      {source_event && (
        <span class="small">
          Bought by <a href={call(source_event)}>an earlier call</a>
          {age_ms !== undefined && `, ${formatDuration(age_ms)} before`}
          {similarity !== undefined && `, ${formatRate(similarity)} alike`}
        </span>
      )}
      {nearest && (
        <span class="small">
          <a href={call(nearest.event)}>The nearest request</a> differs in{" "}
          <VisibleText
            text={(nearest.paths.length > 0 ? nearest.paths : nearest.differs).join(", ")}
          />
        </span>
      )}
      {ttl_seconds !== undefined && (
        <span class="small muted">
          {`The answer is kept for ${formatDuration(ttl_seconds * 1_000)}`}
        </span>
      )}
    </>
  );
}
