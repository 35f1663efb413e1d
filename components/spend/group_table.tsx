/**
 * The groups with what they cost, largest first by the column that is chosen. A row leads to its calls.
 *
 * @module
 */
import { ChangeMark } from "../stat_card.tsx";
import { changeOf } from "../change.ts";
import { exactCount, formatCount, formatRate } from "../format.ts";
import type { KeyNames } from "../key_names.ts";
import { exactUsd, formatSpend, formatUsd } from "../money.ts";
import { sameView } from "../page_url.ts";
import { PartlyMark } from "../partly_mark.tsx";
import { providerName } from "../readiness.ts";
import { ShareBar } from "../share_bar.tsx";
import { VisibleText } from "../visible_text.tsx";
import { type Dimension, dimensionWord, groupHref, groupName } from "./dimension.ts";
import type { Order, SpendData } from "./types.ts";

interface GroupTableProps {
  readonly groups: SpendData["groups"];
  readonly names: KeyNames;
  readonly by: Dimension;
  readonly order: Order;
  readonly url: URL;
  readonly against: string;
}

type Row = SpendData["groups"]["rows"][number];

const measures: Readonly<Record<Order, (row: Pick<Row, MeasureField>) => number>> = {
  cost: ({ cost_usd }) => Number(cost_usd),
  requests: ({ requests }) => requests,
  errors: ({ errors }) => errors,
  tokens: ({ tokens_input, tokens_output }) => tokens_input + tokens_output,
};
type MeasureField = "cost_usd" | "requests" | "errors" | "tokens_input" | "tokens_output";

export function GroupTable({ groups, names, by, order, url, against }: GroupTableProps) {
  const { rows, groups: all, previous } = groups;
  const measure = measures[order];
  const most = Math.max(0, ...rows.map(measure));
  const shared = { by, order, names, url, against, compared: (previous?.total.requests ?? 0) > 0 };
  return (
    <section class="card flush" aria-labelledby="groups-title">
      <header class="card-head">
        <h2 id="groups-title">{`By ${dimensionWord(by)}`}</h2>
        <span class="small muted num">
          {all > rows.length ? `the largest ${rows.length} of ${exactCount(all)}` : exactCount(all)}
        </span>
      </header>
      <div class="scroll" role="region" aria-label={`Spend by ${dimensionWord(by)}`} tabindex={0}>
        <table class="rows compact spend-rows">
          <thead>
            <tr>
              <th scope="col">{capital(dimensionWord(by))}</th>
              <Sortable name="requests" label="Calls" order={order} url={url} />
              <Sortable name="errors" label="Failed" order={order} url={url} />
              <Sortable name="tokens" label="Tokens" order={order} url={url} />
              <th scope="col" class={placeOf("saved", order)}>Saved</th>
              <Sortable name="cost" label="Spend" order={order} url={url} />
              {shared.compared && <th scope="col" class="right">Change</th>}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <GroupRow
                key={row.group ?? ""}
                row={row}
                part={measure(row)}
                whole={most}
                {...shared}
              />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

interface SortableProps {
  readonly name: Order;
  readonly label: string;
  readonly order: Order;
  readonly url: URL;
}

/** On a phone there is room for calls, spend and what the table is sorted by. */
function placeOf(measure: Order | "saved", order: Order): string {
  const isMinor = measure !== "requests" && measure !== "cost" && measure !== order;
  return isMinor ? "right num wide-only" : "right num";
}

function Sortable({ name, label, order, url }: SortableProps) {
  const chosen = name === order;
  return (
    <th
      scope="col"
      class={placeOf(name, order)}
      {...(chosen && { "aria-sort": "descending" as const })}
    >
      <a class="sort" href={sameView(url, { order: name === "cost" ? null : name })}>
        {label}
        {chosen && <span aria-hidden="true">▾</span>}
      </a>
    </th>
  );
}

interface GroupRowProps {
  readonly row: Row;
  readonly part: number;
  readonly whole: number;
  readonly by: Dimension;
  readonly order: Order;
  readonly names: KeyNames;
  readonly url: URL;
  readonly against: string;
  readonly compared: boolean;
}

function GroupRow(props: GroupRowProps) {
  const { row, part, whole, by, order, names, url, against, compared } = props;
  const spend = formatSpend(row.cost_usd, row.unpriced_requests, row.requests);
  const href = groupHref(url, by, row);
  const name = <VisibleText text={groupName(by, row.group, names)} />;
  const tokens = row.tokens_input + row.tokens_output;
  const change = row.previous
    ? changeOf(Number(row.cost_usd), Number(row.previous.cost_usd), "down")
    : null;
  return (
    <tr>
      <th scope="row">
        <span class="name-box">
          <ShareBar part={part} whole={whole} />
          <span class="name-cell">
            {href
              ? <a class="row-link" data-row href={href}>{name}</a>
              : <span class={row.group ? "" : "muted"}>{name}</span>}
            {by === "model" && row.provider && (
              <span class="muted small ellipsis">{providerName(row.provider)}</span>
            )}
          </span>
        </span>
      </th>
      <td class="right num" title={exactCount(row.requests)}>{formatCount(row.requests)}</td>
      <td class={`${placeOf("errors", order)} muted`} title={exactCount(row.errors)}>
        {row.requests === 0 ? "" : formatRate(row.errors / row.requests)}
      </td>
      <td class={placeOf("tokens", order)} title={exactCount(tokens)}>{formatCount(tokens)}</td>
      <td class={`${placeOf("saved", order)} muted`} title={exactUsd(row.saved_cost_usd)}>
        {formatUsd(row.saved_cost_usd)}
      </td>
      <td class={spend.text === "no price" ? "right muted" : "right num"} title={spend.title}>
        {spend.text}
        {spend.suffix && <PartlyMark says={spend.suffix} />}
      </td>
      {compared && (
        <td class="right num small">
          {change && <ChangeMark change={change} against={against} />}
        </td>
      )}
    </tr>
  );
}
