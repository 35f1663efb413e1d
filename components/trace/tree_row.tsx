/**
 * One row of a trace: its place in the tree at the left, its time as a bar, what it cost at the right.
 *
 * @module
 */
import type { TraceRow } from "@/core/analytics/trace_rows.ts";
import { countOf, exactCount, formatCount, formatDuration } from "../format.ts";
import { Icon, type IconName } from "../icon.tsx";
import { exactUsd, formatUsd } from "../money.ts";
import { named } from "../named.ts";
import { PartlyMark } from "../partly_mark.tsx";
import { VisibleText } from "../visible_text.tsx";

interface TreeRowProps {
  readonly row: TraceRow;
  readonly place: number;
  /** Of the whole trace, in milliseconds. */
  readonly total: number;
  readonly closed: boolean;
  readonly selected: boolean;
  /** Whether it is the one that `Tab` leads to. */
  readonly focusable: boolean;
  readonly onToggle?: (place: number) => void;
  readonly onSelect?: (place: number) => void;
  /** It has the focus: keys go on from here. */
  readonly onReach?: () => void;
}

const kindIcons: Readonly<Record<string, IconName>> = {
  call: "models",
  generation: "models",
  tool: "tool",
  agent: "users",
  retriever: "search",
  embedding: "cache",
  event: "info",
};

/** Deeper rows stand at the same place: the name must not leave the column. */
const deepest = 14;

export function TreeRow(props: TreeRowProps) {
  const { row, place, total, closed, selected, focusable, onToggle, onSelect, onReach } = props;
  const failed = row.status === "error";
  const classes = [
    "tree-row",
    failed && "failed",
    row.critical && "critical",
    selected && "selected",
  ]
    .filter(Boolean).join(" ");
  return (
    <div
      class={classes}
      role="treeitem"
      id={`span-${place}`}
      aria-level={row.depth + 1}
      aria-selected={selected}
      {...(row.size > 0 && { "aria-expanded": !closed })}
      tabindex={focusable ? 0 : -1}
      onClick={() => onSelect?.(place)}
      onFocus={onReach}
    >
      <span class={`tree-name depth-${Math.min(row.depth, deepest)}`}>
        {row.size > 0
          ? (
            <button
              type="button"
              class="twist"
              tabindex={-1}
              aria-hidden="true"
              onClick={(event) => {
                event.stopPropagation();
                onToggle?.(place);
              }}
            >
              <Icon name={closed ? "right" : "down"} size={12} />
            </button>
          )
          : <span class="twist" />}
        <Icon name={named(kindIcons, row.kind) ?? "traces"} size={14} />
        <span class="ellipsis" title={row.name.slice(0, 500)}>
          <VisibleText text={row.name || "unnamed"} most={160} />
        </span>
        {failed && <span class="tag error">failed</span>}
        {!failed && closed && row.errors > 0 && (
          <span class="tag error">{countOf(row.errors, "error")}</span>
        )}
        {row.derived && (
          <span class="tag" title="Not recorded: it follows from the calls before and after it">
            derived
          </span>
        )}
      </span>
      <Bar row={row} total={total} />
      <span class="num right tree-time">
        {row.duration_ms === null
          ? <span class="muted">not ended</span>
          : formatDuration(row.duration_ms)}
      </span>
      <span class="num right tree-cost">
        <Cost row={row} />
      </span>
      <span class="num right tree-tokens">
        {row.tokens > 0 && <span title={exactCount(row.tokens)}>{formatCount(row.tokens)}</span>}
      </span>
    </div>
  );
}

/** A picture of the time: SVG places it by attributes, which a strict policy for styles allows. */
function Bar({ row, total }: { row: TraceRow; total: number }) {
  const length = Math.max(total, 0.001);
  const x = Math.min(100, (row.offset_ms / length) * 100);
  const width = Math.max(0.35, Math.min(100 - x, ((row.duration_ms ?? 0) / length) * 100));
  const kind = row.status === "error"
    ? "error"
    : row.is_call
    ? "call"
    : row.kind === "tool"
    ? "tool"
    : "";
  return (
    <svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      <rect class={`bar-span ${kind}`} x={Math.min(x, 99.65)} y="1.5" width={width} height="7" />
    </svg>
  );
}

function Cost({ row }: { row: TraceRow }) {
  const { cost_usd, unpriced } = row;
  if (cost_usd === null) return null;
  const isZero = !/[1-9]/.test(cost_usd);
  const missing = unpriced > 0
    ? `; ${countOf(unpriced, "call has", "calls have")} no known price`
    : "";
  if (isZero && unpriced > 0) {
    return <span class="muted" title={missing.slice(2)}>no price</span>;
  }
  if (isZero) return <span class="muted">no charge</span>;
  return (
    <span title={exactUsd(cost_usd) + missing}>
      {formatUsd(cost_usd)}
      {unpriced > 0 && <PartlyMark says={`+ ${exactCount(unpriced)} unpriced`} />}
    </span>
  );
}
