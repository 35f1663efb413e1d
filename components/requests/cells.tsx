/**
 * What stands in a cell of the requests' table.
 *
 * @module
 */
import type { ListRow } from "@/core/analytics/types.ts";
import { exactCount, formatCount, formatDuration, shortenId } from "../format.ts";
import { Icon, type IconName } from "../icon.tsx";
import { exactUsd, formatUsd } from "../money.ts";
import { providerName } from "../readiness.ts";
import { VisibleText } from "../visible_text.tsx";
import { formatInstant, formatRecent, type Zone } from "../zone.ts";
import type { ColumnId } from "./columns.ts";

interface CellProps {
  readonly column: ColumnId;
  readonly row: ListRow;
  readonly zone: Zone;
  /** ISO UTC: times of its day are written without the day. */
  readonly now: string;
}

export function Cell({ column, row, zone, now }: CellProps) {
  switch (column) {
    case "time":
      return (
        <time class="num" datetime={row.timestamp} title={formatInstant(row.timestamp, zone)}>
          {formatRecent(row.timestamp, now, zone)}
        </time>
      );
    case "status":
      return <Status row={row} />;
    case "model":
      return row.model
        ? (
          <span title={row.model.slice(0, 500)}>
            <VisibleText text={row.model} />
          </span>
        )
        : <span class="muted">none named</span>;
    case "provider":
      return <>{providerName(row.provider)}</>;
    case "input":
      return <Count value={row.tokens_input} />;
    case "output":
      return <Count value={row.tokens_output} />;
    case "cached":
      return <Count value={row.tokens_cache_read} />;
    case "reasoning":
      return <Count value={row.tokens_reasoning} />;
    case "cost":
      return <Cost row={row} />;
    case "latency":
      return <Duration ms={row.latency_ms} />;
    case "ttft":
      return row.ttft_ms === null ? <span class="muted">none</span> : <Duration ms={row.ttft_ms} />;
    case "cache":
      return <CacheWord cache={row.cache} />;
    case "user":
      return <Id value={row.user_id} />;
    case "session":
      return <Id value={row.session_id} />;
    case "trace":
      return <Id value={row.trace_id} />;
    case "properties":
      return <Properties properties={row.properties} />;
    case "preview":
      return <VisibleText text={row.preview} />;
  }
}

const statusIcons: Readonly<Record<ListRow["status"], IconName>> = {
  success: "check",
  error: "error",
  aborted: "leave",
};

export function Status({ row }: { row: Pick<ListRow, "status" | "status_code"> }) {
  const word = row.status === "aborted"
    ? "left"
    : row.status_code === null
    ? row.status
    : String(row.status_code);
  const titles = { success: "Answered", error: "Failed", aborted: "The client left" };
  return (
    <span class={`status ${row.status}`} title={titles[row.status]}>
      <Icon name={statusIcons[row.status]} size={14} />
      <span class="num">{word}</span>
    </span>
  );
}

function Duration({ ms }: { ms: number | null }) {
  return <span {...(ms !== null && { title: `${exactCount(ms)} ms` })}>{formatDuration(ms)}</span>;
}

function Count({ value }: { value: number }) {
  return value === 0
    ? <span class="muted">0</span>
    : <span title={exactCount(value)}>{formatCount(value)}</span>;
}

export function Cost({ row }: { row: Pick<ListRow, "cost_usd" | "status" | "price_source"> }) {
  const { cost_usd, status, price_source } = row;
  if (cost_usd === null) {
    const reason = price_source === "none"
      ? "No price is known for this model"
      : "Its tokens are not known";
    return <span class="muted" title={reason}>no price</span>;
  }
  if (!/[1-9]/.test(cost_usd)) {
    const free = status === "success" ? "Nothing was charged" : "It failed: nothing was charged";
    return <span class="muted" title={free}>no charge</span>;
  }
  return <span title={exactUsd(cost_usd)}>{formatUsd(cost_usd)}</span>;
}

const cacheWords: Readonly<Record<ListRow["cache"], readonly [word: string, kind: string]>> = {
  "HIT": ["hit", "hit"],
  "HIT-SEMANTIC": ["semantic hit", "semantic"],
  "HIT-COALESCED": ["coalesced", "coalesced"],
  "MISS": ["miss", "miss"],
  "BYPASS": ["bypassed", "miss"],
};

export function CacheWord({ cache }: { cache: ListRow["cache"] }) {
  const [word, kind] = cacheWords[cache];
  return <span class={`cache-word ${kind}`}>{word}</span>;
}

function Id({ value }: { value: string | null }) {
  if (value === null) return <span class="muted">none</span>;
  return (
    <span title={value.slice(0, 500)}>
      <VisibleText text={shortenId(value, 14)} />
    </span>
  );
}

function Properties({ properties }: { properties: ListRow["properties"] }) {
  const entries = Object.entries(properties);
  if (entries.length === 0) return <span class="muted">none</span>;
  return <VisibleText text={entries.map(([name, value]) => `${name}: ${value}`).join(", ")} />;
}
