/**
 * The difference that pricing again would make: read once, after the page, because it looks at all calls
 * of the range; applied with a question first, and followed while it runs.
 *
 * @module
 */
import { hc } from "hono/client";
import { useEffect, useState } from "preact/hooks";
import type { RepriceDifference, RepriceRun } from "@/core/pricing/reprice_types.ts";
import { ConfirmButton } from "@/components/confirm.tsx";
import { read, type ReadFailure } from "@/components/data/read.ts";
import { useAction } from "@/components/data/use_action.ts";
import { countOf } from "@/components/format.ts";
import { filterQuery } from "@/components/page_url.ts";
import { ReadFailureNote } from "@/components/read_failure.tsx";
import { RepricePanel, RunLine } from "@/components/spend/reprice.tsx";
import type { RangeQuery } from "@/components/view.ts";
import { formatInstant } from "@/components/zone.ts";
import { useZone } from "@/components/use_zone.ts";
import type { ApiType } from "@/routes/(_api)/app.ts";

const { analytics, projects } = hc<ApiType>("/").v1;
const runs = projects[":id"].reprice;

interface SpendRepriceProps {
  /** What the server wrote into the page; null when it was not asked for. */
  readonly start: RepriceDifference | null;
  readonly project: string;
  /** The one of the page's sums. */
  readonly range: RangeQuery;
  readonly url: URL;
}

/** How often a run is looked at, and how often afterwards whether analytics have caught up. */
const runEveryMs = 700;
const figuresEveryMs = 2_000;
const figuresAtMost = 15;

export function SpendReprice({ start, project, range, url }: SpendRepriceProps) {
  const [difference, setDifference] = useState(start);
  const [failure, setFailure] = useState<ReadFailure | null>(null);
  const [reading, setReading] = useState(false);
  const [run, setRun] = useState<RepriceRun | null>(null);
  /** Reads that are still to be made until the figures have followed a run. */
  const [following, setFollowing] = useState(0);
  const stopping = useAction();
  const zone = useZone();
  const query = {
    project_id: project,
    ...range,
    ...filterQuery(url.searchParams),
  };
  const param = { id: project };

  const readDifference = async (signal: AbortSignal) => {
    setReading(true);
    const got = await read<RepriceDifference>(
      () => analytics.reprice.$get({ query }, { init: { signal } }),
      { signal },
    ).catch(() => null);
    if (!got) return;
    setReading(false);
    setFailure(got.ok ? null : got.failure);
    if (got.ok) setDifference(got.value);
  };
  const readRun = async (signal: AbortSignal) => {
    const got = await read<RepriceRun>(() => runs.$get({ param }, { init: { signal } }), { signal })
      .catch(() => null);
    if (got?.ok) setRun(got.value);
  };

  useEffect(() => {
    const end = new AbortController();
    if (!start) readDifference(end.signal);
    // Somebody may have begun a run before: one that is over is nobody's news.
    read<RepriceRun>(
      () => runs.$get({ param }, { init: { signal: end.signal } }),
      { signal: end.signal },
    ).then((got) => got.ok && got.value.phase === "running" && setRun(got.value), () => {});
    return () => end.abort();
  }, [url.href]);
  useEffect(() => {
    if (!run) return;
    if (run.phase !== "running") {
      if (run.changed > 0) setFollowing(figuresAtMost);
      return;
    }
    const end = new AbortController();
    const timer = setTimeout(() => readRun(end.signal), runEveryMs);
    return () => {
      clearTimeout(timer);
      end.abort();
    };
  }, [run]);
  useEffect(() => {
    if (following === 0) return;
    const end = new AbortController();
    const timer = setTimeout(async () => {
      await readDifference(end.signal);
      setFollowing((left) => left - 1);
    }, figuresEveryMs);
    return () => {
      clearTimeout(timer);
      end.abort();
    };
  }, [following]);
  // Nothing is left to follow once every call has the cost that it would get.
  useEffect(() => {
    if (difference?.total.changed === 0) setFollowing(0);
  }, [difference]);

  const changed = difference?.total.changed ?? 0;
  const isRunning = run?.phase === "running";
  return (
    <RepricePanel difference={difference} url={url} reading={reading}>
      {failure && (
        <ReadFailureNote
          failure={failure.detail ? { ...failure, message: failure.detail } : failure}
          readAt={null}
          zone={zone}
          retry={() => readDifference(AbortSignal.timeout(60_000))}
        />
      )}
      {(run || changed > 0) && (
        <div class={changed > 0 ? "card-foot pad reprice-foot" : "card-foot reprice-foot"}>
          {run && <RunLine run={run} arrived={changed === 0} />}
          {isRunning && (
            <button
              type="button"
              class="button small-button"
              disabled={stopping.busy}
              onClick={async () => {
                const done = await stopping.run<RepriceRun>(() => runs.$delete({ param }));
                if (done.ok) {
                  setRun(done.value);
                }
              }}
            >
              Stop
            </button>
          )}
          {!isRunning && difference && changed > 0 && following === 0 && (
            <ConfirmButton<RepriceRun>
              label="Price them again"
              title={`Price ${countOf(changed, "call")} again?`}
              action="Price them again"
              ask={() =>
                runs.$post({
                  param,
                  json: {
                    ...filterQuery(url.searchParams),
                    date_from: difference.date_from,
                    date_to: difference.date_to,
                  },
                })}
              then={setRun}
            >
              <p>
                {`Calls from ${formatInstant(difference.date_from, zone)} to ${
                  formatInstant(difference.date_to, zone)
                }${hasFilters(url) ? ", with the filters of this page" : ""}, get the cost shown ` +
                  `under “With these prices”. The cost that each call was recorded with stays in ` +
                  `the log, and the call says when and why it was priced again.`}
              </p>
            </ConfirmButton>
          )}
        </div>
      )}
    </RepricePanel>
  );
}

function hasFilters(url: URL): boolean {
  return Object.keys(filterQuery(url.searchParams)).length > 0;
}
