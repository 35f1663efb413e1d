/**
 * What the money went to: models, users, properties and prompts, each leading to its calls.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import type { Overview } from "@/core/analytics/overview/types.ts";
import { exactCount, formatCount, formatRate } from "../format.ts";
import { exactUsd, formatSpend, formatUsd } from "../money.ts";
import { drillDown, pathPart } from "../page_url.ts";
import { PartlyMark } from "../partly_mark.tsx";
import { providerName } from "../readiness.ts";
import { ShareBar } from "../share_bar.tsx";
import { VisibleText } from "../visible_text.tsx";

interface TopsProps {
  readonly overview: Overview;
  readonly url: URL;
}

const requestsPage = "/dashboard/requests";

export function TopModels({ overview: { models }, url }: TopsProps) {
  return (
    <TopList
      id="models"
      title="Top models"
      empty="No call named a model."
      most={models[0]?.cost_usd}
      rows={models.map((row) => ({
        ...row,
        key: `${row.provider}/${row.model}`,
        name: <VisibleText text={row.model || "no model named"} />,
        beside: providerName(row.provider),
        href: drillDown(requestsPage, url, { provider: row.provider, model: row.model }),
      }))}
    />
  );
}

export function TopUsers({ overview: { users }, url }: TopsProps) {
  return (
    <TopList
      id="users"
      title="Top users"
      empty="No call named a user. Send X-WatchLLM-User to see who spends what."
      most={users[0]?.cost_usd}
      rows={users.map((row) => ({
        ...row,
        key: row.user_id,
        name: <VisibleText text={row.user_id} />,
        href: drillDown(requestsPage, url, { user_id: row.user_id }),
      }))}
    />
  );
}

export function TopProperties({ overview: { properties }, url }: TopsProps) {
  return (
    <TopList
      id="properties"
      title="Top properties"
      empty="No call had a property. Send X-WatchLLM-Property-Feature to split what is spent."
      most={properties[0]?.cost_usd}
      rows={properties.map((row) => ({
        ...row,
        key: JSON.stringify([row.name, row.value]),
        name: <VisibleText text={row.value || "empty"} />,
        beside: row.name,
        href: drillDown(requestsPage, url, { [`property.${row.name}`]: row.value }),
      }))}
    />
  );
}

interface TopRow {
  readonly key: string;
  readonly name: ComponentChildren;
  readonly beside?: string;
  readonly requests: number;
  readonly failed: number;
  readonly cost_usd: string;
  readonly unpriced: number;
  readonly href: string;
}

interface TopListProps {
  readonly id: string;
  readonly title: string;
  readonly empty: string;
  readonly most: string | undefined;
  readonly rows: readonly TopRow[];
}

/** Rows are keyed by place: when ranks change, words change and nothing moves. */
function TopList({ id, title, empty, most, rows }: TopListProps) {
  return (
    <TopCard
      id={id}
      title={title}
      note="by spend"
      columns={[["Name"], ["Calls", "right narrow"], failedColumn, ["Spend", "right"]]}
      empty={empty}
    >
      {rows.map((row, place) => <Row key={place} row={row} most={most} />)}
    </TopCard>
  );
}

const failedColumn: Column = ["Failed", "right narrow wide-only"];

type Column = readonly [label: string, place?: string];

interface TopCardProps {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  readonly columns: readonly Column[];
  /** What stands in the table's place when there is no row. */
  readonly empty: string;
  /** The rows. */
  readonly children: readonly ComponentChildren[];
}

function TopCard({ id, title, note, columns, empty, children }: TopCardProps) {
  return (
    <section class="card flush top-list" aria-labelledby={`${id}-title`}>
      <header class="card-head">
        <h2 id={`${id}-title`}>{title}</h2>
        <span class="small muted">{note}</span>
      </header>
      {children.length === 0 ? <p class="muted pad">{empty}</p> : (
        <table class="rows fixed compact">
          <thead>
            <tr>
              {columns.map(([label, place]) => (
                <th key={label} scope="col" class={place}>{label}</th>
              ))}
            </tr>
          </thead>
          <tbody>{children}</tbody>
        </table>
      )}
    </section>
  );
}

function Row({ row, most }: { row: TopRow; most: string | undefined }) {
  const spend = formatSpend(row.cost_usd, row.unpriced, row.requests);
  return (
    <tr>
      <th scope="row">
        <span class="name-box">
          <ShareBar part={Number(row.cost_usd)} whole={Number(most ?? 0)} />
          <span class="name-cell">
            <a class="row-link" data-row href={row.href}>{row.name}</a>
            {row.beside && <span class="muted small ellipsis">{row.beside}</span>}
          </span>
        </span>
      </th>
      <td class="right num" title={exactCount(row.requests)}>{formatCount(row.requests)}</td>
      <td class="right num muted wide-only">
        {row.failed === 0 ? "0 %" : formatRate(row.failed / row.requests)}
      </td>
      <td class={spend.text === "no price" ? "right muted" : "right num"} title={spend.title}>
        {spend.text}
        {spend.suffix && <PartlyMark says={spend.suffix} />}
      </td>
    </tr>
  );
}

export function TopPrompts({ overview: { prompts }, url }: TopsProps) {
  return (
    <TopCard
      id="prompts"
      title="Most expensive prompts"
      note="calls that begin alike, by spend"
      columns={[
        ["Prompt"],
        ["Calls", "right narrow"],
        ["Dearest", "right wide-only"],
        ["Spend", "right"],
      ]}
      empty="No call with a known price and a prompt."
    >
      {prompts.map((row, place) => (
        <tr key={place}>
          <th scope="row" title={row.preview.slice(0, 400)}>
            <a
              class="row-link ellipsis"
              data-row
              href={drillDown(`${requestsPage}/${pathPart(row.event_id)}`, url, {})}
            >
              <VisibleText text={row.preview} />
            </a>
          </th>
          <td class="right num">{formatCount(row.requests)}</td>
          <td class="right num muted wide-only" title={`${exactUsd(row.most_usd)}, ${row.model}`}>
            {formatUsd(row.most_usd)}
          </td>
          <td class="right num" title={exactUsd(row.cost_usd)}>{formatUsd(row.cost_usd)}</td>
        </tr>
      ))}
    </TopCard>
  );
}
