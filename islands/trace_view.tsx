/**
 * A trace as a tree beside its time: rows open and close, can be searched, and lead to the call or span
 * behind them. Only what is on the screen is drawn, so that thousands of spans are as quick as ten.
 *
 * @module
 */
import { hc } from "hono/client";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { TraceRow } from "@/core/analytics/trace_rows.ts";
import type { SpanDetail } from "@/core/analytics/trace_types.ts";
import type { CallView } from "@/core/transcript/call_view.ts";
import { read } from "@/components/data/read.ts";
import { useOpenItem } from "@/components/data/use_open_item.ts";
import { countOf, formatDuration } from "@/components/format.ts";
import { CallPanel } from "@/components/requests/call_panel.tsx";
import { shownRows } from "@/components/trace/shown_rows.ts";
import { SpanPanel } from "@/components/trace/span_panel.tsx";
import { TreeRow } from "@/components/trace/tree_row.tsx";
import { rowHeight, useWindow } from "@/components/trace/use_window.ts";
import { useZone } from "@/components/use_zone.ts";
import type { ApiType } from "@/routes/(_api)/app.ts";

const { event, spans } = hc<ApiType>("/").v1.analytics;

interface TraceViewProps {
  readonly rows: readonly TraceRow[];
  /** Of the whole trace. */
  readonly durationMs: number;
  readonly project: string;
  readonly url: URL;
}

/** Rows that the server draws; a page without script shows these, and all of them when they are few. */
const drawnAtFirst = 400;

export function TraceView({ rows, durationMs, project, url }: TraceViewProps) {
  const [closed, setClosed] = useState<ReadonlySet<number>>(new Set());
  const [search, setSearch] = useState("");
  const [onlyErrors, setOnlyErrors] = useState(false);
  const span = useOpenItem("span", url.searchParams.get("span"));
  const selected = span.id === null ? -1 : rows.findIndex(({ event_id }) => event_id === span.id);
  const [cursor, setCursor] = useState(Math.max(0, selected));
  const zone = useZone();

  const places = useMemo(
    () => shownRows(rows, { closed, search, onlyErrors }),
    [rows, closed, search, onlyErrors],
  );
  const { scroller, shown, bring } = useWindow(places.length, drawnAtFirst);
  // A link to a span shows where it stands.
  useEffect(() => {
    if (selected > 0) bring(selected);
  }, []);
  const total = Math.max(
    durationMs,
    ...rows.map(({ offset_ms, duration_ms }) => offset_ms + (duration_ms ?? 0)),
  );
  const toggle = (place: number) =>
    setClosed((before) => {
      const next = new Set(before);
      if (!next.delete(place)) next.add(place);
      return next;
    });
  /** A row that follows from others has nothing behind it. */
  const select = (place: number) => {
    const id = rows[place]?.event_id;
    if (id) span.open(id);
    else if (span.id !== null) span.close();
  };
  const goTo = (at: number) => {
    const bounded = Math.max(0, Math.min(places.length - 1, at));
    setCursor(bounded);
    bring(bounded);
    const row = () => document.getElementById(`span-${places[bounded]}`);
    // One that was beyond the edge is there after the next drawing.
    if (row()) row()?.focus();
    else requestAnimationFrame(() => row()?.focus());
  };
  const onKeyDown = (pressed: KeyboardEvent) => {
    const place = places[cursor];
    const row = place === undefined ? undefined : rows[place];
    if (place === undefined || !row || pressed.ctrlKey || pressed.metaKey || pressed.altKey) return;
    const open = row.size > 0 && !closed.has(place);
    const moves: Readonly<Record<string, () => void>> = {
      ArrowDown: () => goTo(cursor + 1),
      j: () => goTo(cursor + 1),
      ArrowUp: () => goTo(cursor - 1),
      k: () => goTo(cursor - 1),
      Home: () => goTo(0),
      End: () => goTo(places.length - 1),
      ArrowRight: () => open ? goTo(cursor + 1) : row.size > 0 && toggle(place),
      ArrowLeft: () => open ? toggle(place) : goTo(parentOf(rows, places, cursor)),
      Enter: () => select(place),
      " ": () => select(place),
    };
    const move = Object.hasOwn(moves, pressed.key) ? moves[pressed.key] : undefined;
    if (!move) return;
    pressed.preventDefault();
    pressed.stopPropagation();
    move();
  };

  const chosen = rows[selected];
  const failed = rows[0] ? rows.filter(({ status }) => status === "error").length : 0;
  // What lies below the first row: that one stays open, or nothing would be left.
  const openable = rows.flatMap(({ size, depth }, at) => size > 0 && depth > 0 ? [at] : []);
  const close = () => {
    span.close();
    goTo(cursor);
  };
  return (
    <div class={chosen?.event_id ? "requests-page with-panel" : "requests-page"}>
      <div class="toolbar trace-tools">
        <input
          type="search"
          class="control"
          placeholder="Find a span"
          aria-label="Find a span"
          value={search}
          onInput={(typed) => setSearch(typed.currentTarget.value)}
        />
        {failed > 0 && (
          <button
            type="button"
            class="control"
            aria-pressed={onlyErrors}
            onClick={() => setOnlyErrors((before) => !before)}
          >
            {`Only ${countOf(failed, "error")}`}
          </button>
        )}
        {openable.length > 0 && (
          <button
            type="button"
            class="control"
            onClick={() => setClosed((before) => new Set(before.size > 0 ? [] : openable))}
          >
            {closed.size > 0 ? "Open all" : "Close all"}
          </button>
        )}
        <span class="small muted num" aria-live="polite">
          {places.length === rows.length
            ? countOf(rows.length, "row")
            : `${places.length} of ${countOf(rows.length, "row")}`}
          {rows.length > 1 && ". Bold is the critical path: what the end waited for."}
        </span>
      </div>
      <section class="card flush trace-card" aria-label="Trace">
        <div class="tree-head small muted" aria-hidden="true">
          <span>Span</span>
          <Scale total={total} />
          <span class="right">Took</span>
          <span class="right">Cost</span>
          <span class="right tree-tokens">Tokens</span>
        </div>
        <div
          class="tree-scroll"
          ref={scroller}
          role="tree"
          aria-label="Spans"
          tabindex={places.length === 0 ? 0 : -1}
          onKeyDown={onKeyDown}
        >
          <Spacer rows={shown.first} />
          {places.slice(shown.first, shown.last).map((place, index) => {
            const row = rows[place];
            return row && (
              <TreeRow
                key={place}
                row={row}
                place={place}
                total={total}
                closed={closed.has(place)}
                selected={selected === place}
                focusable={shown.first + index === cursor}
                onToggle={toggle}
                onReach={() => setCursor(shown.first + index)}
                onSelect={(chosenPlace) => {
                  setCursor(shown.first + index);
                  select(chosenPlace);
                }}
              />
            );
          })}
          <Spacer rows={places.length - shown.last} />
          {places.length === 0 && <p class="empty muted">No span fits.</p>}
        </div>
      </section>
      {chosen?.event_id && (chosen.is_call
        ? (
          <CallPanel
            eventId={chosen.event_id}
            url={url}
            zone={zone}
            close={close}
            load={(signal) =>
              read<CallView>(() =>
                event[":event_id"].call.$get(
                  { param: { event_id: chosen.event_id ?? "" }, query: { project_id: project } },
                  { init: { signal } },
                ), { signal })}
          />
        )
        : (
          <SpanPanel
            row={chosen}
            zone={zone}
            close={close}
            load={(signal) =>
              read<SpanDetail>(() =>
                spans[":event_id"].$get(
                  { param: { event_id: chosen.event_id ?? "" }, query: { project_id: project } },
                  { init: { signal } },
                ), { signal })}
          />
        ))}
    </div>
  );
}

function parentOf(rows: readonly TraceRow[], places: readonly number[], cursor: number): number {
  const depth = rows[places[cursor] ?? 0]?.depth ?? 0;
  for (let at = cursor - 1; at >= 0; at--) {
    if ((rows[places[at] ?? 0]?.depth ?? 0) < depth) return at;
  }
  return cursor;
}

/** Room of rows that are not drawn. An SVG has a height without a style attribute. */
function Spacer({ rows }: { rows: number }) {
  if (rows <= 0) return null;
  return <svg class="spacer" width="1" height={rows * rowHeight} aria-hidden="true" />;
}

function Scale({ total }: { total: number }) {
  return (
    <span class="tree-scale num">
      {[0, 0.25, 0.5, 0.75].map((share) => (
        <span key={share}>{share === 0 ? "0" : formatDuration(total * share)}</span>
      ))}
      <span>{formatDuration(total)}</span>
    </span>
  );
}
