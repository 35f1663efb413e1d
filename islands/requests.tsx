/**
 * The requests' table while it is open: new calls wait until they are asked for, further pages are
 * appended, a row opens its call beside the table.
 *
 * @module
 */
import { hc } from "hono/client";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { ListRow, LogPage } from "@/core/analytics/types.ts";
import type { CallView } from "@/core/transcript/call_view.ts";
import { read, type ReadFailure } from "@/components/data/read.ts";
import { useLive } from "@/components/data/use_live.ts";
import { type OpenItem, useOpenItem } from "@/components/data/use_open_item.ts";
import { EmptyRange } from "@/components/empty_range.tsx";
import { exactCount, formatCount } from "@/components/format.ts";
import { NoFigures } from "@/components/no_figures.tsx";
import type { KeyNames } from "@/components/key_names.ts";
import { filterQuery, pathPart, sameView } from "@/components/page_url.ts";
import { ReadFailureNote } from "@/components/read_failure.tsx";
import { CallPanel } from "@/components/requests/call_panel.tsx";
import type { Column } from "@/components/requests/columns.ts";
import { newerRows, withNewer } from "@/components/requests/live_tail.ts";
import { useColumnWidths } from "@/components/requests/use_column_widths.ts";
import { RequestTable } from "@/components/requests/table.tsx";
import { rangeQuery, type View } from "@/components/view.ts";
import { useZone } from "@/components/use_zone.ts";
import type { ApiType } from "@/routes/(_api)/app.ts";

const { logs, event } = hc<ApiType>("/").v1.analytics;

interface RequestsProps {
  /** Null when ClickHouse was away. */
  readonly start: LogPage | null;
  readonly readAt: string;
  readonly project: string;
  readonly view: View;
  readonly columns: readonly Column[];
  readonly names: KeyNames;
  readonly url: URL;
}

const limit = "50";

export function Requests({ start, readAt, project, view, columns, names, url }: RequestsProps) {
  const onFirstPage = !url.searchParams.has("cursor");
  const query = {
    project_id: project,
    ...rangeQuery(view.range),
    ...filterQuery(url.searchParams),
    limit,
  };
  const [{ value, readAt: at, failure }, readNow] = useLive<LogPage>({
    start,
    startedAt: readAt,
    of: url.href,
    live: view.live && onFirstPage,
    everySeconds: view.everySeconds,
    load: (signal) => read<LogPage>(() => logs.$get({ query }, { init: { signal } }), { signal }),
  });
  const [rows, setRows] = useState<readonly ListRow[] | null>(start?.logs ?? null);
  const [next, setNext] = useState(start?.next_cursor ?? null);
  const [paging, setPaging] = useState<"idle" | "reading" | ReadFailure>("idle");
  const call = useOpenItem("call", url.searchParams.get("call"));
  const zone = useZone();
  const [shownColumns, resize] = useColumnWidths(columns);
  // The first page that came after ClickHouse was back is shown at once: there is nothing to move.
  useEffect(() => {
    if (!value || (rows && rows.length > 0)) return;
    setRows(value.logs);
    setNext(value.next_cursor);
  }, [value]);

  const waiting = useMemo(
    () => value && rows && onFirstPage ? newerRows(rows, value.logs) : [],
    [value, rows],
  );
  const showNew = () => {
    if (!value || !rows) return;
    const joined = withNewer(rows, value);
    setRows(joined.rows);
    if (joined.next !== undefined) setNext(joined.next);
    scrollTo({ top: 0 });
    document.querySelector(".requests-page .scroll")?.scrollTo({ top: 0 });
  };
  const readMore = async () => {
    if (!next || paging === "reading") return;
    setPaging("reading");
    const signal = AbortSignal.timeout(60_000);
    const more = await read<LogPage>(
      () => logs.$get({ query: { ...query, cursor: next } }, { init: { signal } }),
      { signal },
    ).catch(() => null);
    if (!more?.ok) return setPaging(more?.failure ?? tooLate);
    setPaging("idle");
    setRows((before) => [...before ?? [], ...more.value.logs]);
    setNext(more.value.next_cursor);
  };

  if (!rows) return <NoFigures retry={readNow} />;
  const total = value?.total ?? 0;
  return (
    <div class={call.id ? "requests-page with-panel" : "requests-page"}>
      {failure && <ReadFailureNote failure={failure} readAt={at} zone={zone} retry={readNow} />}
      <div class="list-head small muted num">
        <span title={exactCount(total)}>
          {total === 1 ? "1 call" : `${formatCount(total)} calls`}, times in {zone}
        </span>
        <span aria-live="polite">
          {waiting.length > 0 && (
            <button type="button" class="new-rows" onClick={showNew}>
              {waiting.length >= Number(limit) ? `${limit} or more new` : `${waiting.length} new`}
            </button>
          )}
        </span>
      </div>
      {rows.length === 0
        ? <EmptyRange view={view} url={url} />
        : (
          <section class="card flush" aria-label="Requests">
            <div class="scroll" role="region" aria-label="Requests" tabindex={0}>
              <RequestTable
                rows={rows}
                columns={shownColumns}
                url={url}
                zone={zone}
                now={readAt}
                open={call.id}
                onOpen={call.open}
                resize={resize}
              />
            </div>
          </section>
        )}
      <div class="pager">
        {!onFirstPage && <a class="button" href={sameView(url, {})}>Newest</a>}
        {next && (
          <a
            class="button"
            href={sameView(url, { cursor: next })}
            aria-disabled={paging === "reading"}
            onClick={(event) => {
              if (event.ctrlKey || event.metaKey) return;
              event.preventDefault();
              readMore();
            }}
          >
            {paging === "reading" ? "Reading…" : "Show older calls"}
          </a>
        )}
        {typeof paging === "object" && (
          <ReadFailureNote failure={paging} readAt={null} zone={zone} retry={readMore} />
        )}
      </div>
      {call.id && (
        <CallPanel
          eventId={call.id}
          url={url}
          names={names}
          zone={zone}
          close={() => closePanel(call)}
          load={(signal) =>
            read<CallView>(() =>
              event[":event_id"].call.$get(
                { param: { event_id: call.id ?? "" }, query: { project_id: project } },
                { init: { signal } },
              ), { signal })}
        />
      )}
    </div>
  );
}

const tooLate: ReadFailure = {
  reason: "failed",
  message: "The next page did not come within a minute.",
  requestId: null,
};

/** The focus returns to where it came from. */
function closePanel({ id, close }: OpenItem): void {
  const row = document.querySelector<HTMLElement>(
    `[data-row][href*="${CSS.escape(pathPart(id ?? ""))}"]`,
  );
  close();
  row?.focus({ preventScroll: true });
}
