/**
 * Cells that the lists of traces, sessions, users and models share.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { countOf, exactCount, formatCount, formatRate, shortenId } from "../format.ts";
import { Icon } from "../icon.tsx";
import { formatSpend } from "../money.ts";
import { PartlyMark } from "../partly_mark.tsx";
import { VisibleText } from "../visible_text.tsx";
import { formatInstant, formatRecent, type Zone } from "../zone.ts";

/** What calls add up to, wherever they are summed. */
export interface Sums {
  readonly calls: number;
  readonly tokens_input: number;
  readonly tokens_output: number;
  readonly cost_usd: string;
  readonly unpriced_requests: number;
}

export function Moment({ at, now, zone }: { at: string; now: string; zone: Zone }) {
  return (
    <time class="num" datetime={at} title={formatInstant(at, zone)}>
      {formatRecent(at, now, zone)}
    </time>
  );
}

interface CostCellProps extends Sums {
  /** Whether it stands in a line, with room for words, and not in a column below others. */
  readonly alone?: boolean;
}

export function CostCell({ calls, cost_usd, unpriced_requests, alone }: CostCellProps) {
  if (calls === 0) return <span class="muted" title="No call of a model">no call</span>;
  if (unpriced_requests === 0 && !/[1-9]/.test(cost_usd)) {
    return <span class="muted" title="Nothing was charged">no charge</span>;
  }
  const { text, suffix, title } = formatSpend(cost_usd, unpriced_requests, calls);
  return (
    <span title={title}>
      {text}
      {suffix && (alone ? <span class="muted">{` ${suffix}`}</span> : <PartlyMark says={suffix} />)}
    </span>
  );
}

export function TokensCell({ tokens_input, tokens_output }: Sums) {
  const title = `${exactCount(tokens_input)} in, ${exactCount(tokens_output)} out`;
  return <span title={title}>{formatCount(tokens_input + tokens_output)}</span>;
}

export function CountCell({ count }: { count: number }) {
  return count === 0
    ? <span class="muted">0</span>
    : <span title={exactCount(count)}>{formatCount(count)}</span>;
}

/** Of one trace or session. A colour never says it alone. */
export function ErrorsCell({ errors }: { errors: number }) {
  if (errors === 0) return <span class="muted">none</span>;
  return (
    <span class="status error">
      <Icon name="error" size={14} />
      <span class="num">{countOf(errors, "error")}</span>
    </span>
  );
}

/** Of many calls, the share that failed; marked where it is worth a look. */
export function FailedCell({ errors, calls }: { errors: number; calls: number }) {
  if (calls === 0) return <span class="muted">no call</span>;
  const share = errors / calls;
  const title = `${exactCount(errors)} of ${exactCount(calls)}`;
  if (share < worthALook) return <span class="muted" title={title}>{formatRate(share)}</span>;
  return (
    <span class="status error" title={title}>
      <Icon name="error" size={14} />
      {formatRate(share)}
    </span>
  );
}

/** As on the overview: from here on a rate of errors is red. */
const worthALook = 0.05;

/** A name that says as well that something failed, where the column of errors has no room. */
export function Named({ errors, children }: { errors: number; children: ComponentChildren }) {
  return (
    <>
      {errors > 0 && (
        <span class="status error phone-only" aria-hidden="true">
          <Icon name="error" size={14} />
        </span>
      )}
      {children}
    </>
  );
}

export function IdCell({ id }: { id: string | null }) {
  if (id === null) return <span class="muted">none</span>;
  return (
    <span title={id.slice(0, 500)}>
      <VisibleText text={shortenId(id, 20)} />
    </span>
  );
}

/** The first names, and how many more there are. */
export function NamesCell({ names }: { names: readonly string[] }) {
  const [first, ...others] = names;
  if (first === undefined) return <span class="muted">none</span>;
  return (
    <span title={names.join(", ").slice(0, 1_000)}>
      <VisibleText text={first} most={60} />
      {others.length > 0 && <span class="muted">{` + ${others.length}`}</span>}
    </span>
  );
}
