/**
 * What the calls of the range would cost with the prices that are known now, by model.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import type { RepriceDifference, RepriceRun } from "@/core/pricing/reprice_types.ts";
import { countOf, exactCount, formatCount } from "../format.ts";
import { exactUsd, formatUsd } from "../money.ts";
import { sameView } from "../page_url.ts";
import { PartlyMark } from "../partly_mark.tsx";
import { providerName } from "../readiness.ts";
import { VisibleText } from "../visible_text.tsx";

interface RepricePanelProps {
  /** Null until it is known. */
  readonly difference: RepriceDifference | null;
  readonly url: URL;
  /** Whether it is being read. */
  readonly reading: boolean;
  /** What can be done, and how far it is. */
  readonly children?: ComponentChildren;
}

export function RepricePanel({ difference, url, reading, children }: RepricePanelProps) {
  const isChange = difference !== null && difference.total.changed > 0;
  return (
    <section
      class={isChange ? "card flush reprice" : "card reprice"}
      id="reprice"
      aria-labelledby="reprice-title"
    >
      <header class="card-head">
        <h2 id="reprice-title">With the prices known now</h2>
        {difference && (
          <span class="small muted num" title="The version of all price lists">
            {`price lists ${difference.price_version}`}
          </span>
        )}
      </header>
      {!difference && <Unknown url={url} reading={reading} />}
      {difference && !isChange && (
        <p class="muted pad-y">
          {difference.total.calls === 0
            ? "No call of the range was charged."
            : `No difference: ${
              countOf(difference.total.calls, "call")
            } would get the cost that is recorded.`}
        </p>
      )}
      {difference && isChange && <Difference difference={difference} />}
      {children}
    </section>
  );
}

function Unknown({ url, reading }: { url: URL; reading: boolean }) {
  return (
    <p class="muted pad-y small" aria-live="polite">
      {reading ? "Comparing the recorded costs with the prices known now…" : (
        <>
          A cost stays as it was when the call was made. See what today's lists and your own prices
          would change: <a href={`${sameView(url, { reprice: "show" })}#reprice`}>compare</a>
        </>
      )}
    </p>
  );
}

function Difference({ difference }: { difference: RepriceDifference }) {
  const { total, models, changed_models } = difference;
  return (
    <>
      <dl class="compared num pad">
        <Figure title="Recorded" amount={total.before_usd} unpriced={total.unpriced_before} />
        <Figure
          title="With these prices"
          amount={total.after_usd}
          unpriced={total.unpriced_after}
        />
        <div>
          <dt class="muted small">Difference</dt>
          <dd title={exactUsd(total.difference_usd.replace("-", ""))}>
            {signed(total.difference_usd)}
          </dd>
          <dd class="small muted">
            {`${countOf(total.changed, "call")} of ${exactCount(total.calls)}`}
          </dd>
        </div>
        {(total.gained > 0 || total.lost > 0) && (
          <div>
            <dt class="muted small">Prices</dt>
            <dd>{`${exactCount(total.gained)} gained`}</dd>
            <dd class="small muted">{`${exactCount(total.lost)} lost`}</dd>
          </div>
        )}
      </dl>
      <div
        class="scroll"
        role="region"
        aria-label="Difference by model"
        tabindex={0}
      >
        <table class="rows compact">
          <thead>
            <tr>
              <th scope="col">Model</th>
              <th scope="col" class="right">Calls</th>
              <th scope="col" class="right">Recorded</th>
              <th scope="col" class="right">With these prices</th>
              <th scope="col" class="right">Difference</th>
            </tr>
          </thead>
          <tbody>
            {models.map((row) => (
              <tr key={JSON.stringify([row.provider, row.model])}>
                <th scope="row">
                  <span class="name-cell flat">
                    <VisibleText text={row.model || "no model named"} />
                    <span class="muted small ellipsis">{providerName(row.provider)}</span>
                  </span>
                </th>
                <td
                  class="right num"
                  title={`${exactCount(row.changed)} of ${exactCount(row.calls)}`}
                >
                  {formatCount(row.changed)}
                </td>
                <Amount usd={row.before_usd} unpriced={row.unpriced_before} calls={row.calls} />
                <Amount usd={row.after_usd} unpriced={row.unpriced_after} calls={row.calls} />
                <td class="right num" title={row.difference_usd}>{signed(row.difference_usd)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {changed_models > models.length && (
        <p class="small muted pad">
          {`The ${models.length} models that differ most, of ${exactCount(changed_models)}.`}
        </p>
      )}
    </>
  );
}

interface FigureProps {
  readonly title: string;
  readonly amount: string;
  readonly unpriced: number;
}

function Figure({ title, amount, unpriced }: FigureProps) {
  return (
    <div>
      <dt class="muted small">{title}</dt>
      <dd title={exactUsd(amount)}>{formatUsd(amount)}</dd>
      <dd class="small muted">
        {unpriced > 0 ? `+ ${exactCount(unpriced)} unpriced` : "all priced"}
      </dd>
    </div>
  );
}

/** A sum of known costs; of calls that all have none there is no sum. */
function Amount(
  { usd, unpriced, calls }: {
    readonly usd: string;
    readonly unpriced: number;
    readonly calls: number;
  },
) {
  if (unpriced === calls) return <td class="right muted">no price</td>;
  return (
    <td
      class="right num"
      title={unpriced > 0 ? `${exactUsd(usd)} + ${exactCount(unpriced)} unpriced` : exactUsd(usd)}
    >
      {formatUsd(usd)}
      {unpriced > 0 && <PartlyMark says={`+ ${exactCount(unpriced)} unpriced`} />}
    </td>
  );
}

function signed(usd: string): string {
  if (!/[1-9]/.test(usd)) return formatUsd("0");
  return usd.startsWith("-") ? `−${formatUsd(usd.slice(1))}` : `+${formatUsd(usd)}`;
}

interface RunLineProps {
  readonly run: RepriceRun;
  /** Whether analytics show what it has changed. */
  readonly arrived: boolean;
}

/** How far a run is, in a line. */
export function RunLine({ run, arrived }: RunLineProps) {
  const { phase, done, total, changed } = run;
  if (phase === "none") return null;
  return (
    <div class="run-line small" role="status">
      {phase === "running" && (
        <>
          <progress
            aria-label="Calls priced again"
            max={Math.max(1, total)}
            {...(total > 0 && { value: Math.min(done, total) })}
          />
          <span class="num">
            {total > 0 ? `${formatCount(done)} of ${formatCount(total)} calls` : "Counting…"}
          </span>
        </>
      )}
      {phase === "done" && (
        <span>
          {`${countOf(changed, "call")} got another cost. `}
          {changed > 0 && !arrived && "The figures follow as soon as analytics have read the log."}
        </span>
      )}
      {phase === "stopped" && (
        <span>Stopped. What was priced again until then holds; start again for the rest.</span>
      )}
      {phase === "failed" && (
        <span class="error-text">
          It broke off. What was priced again until then holds; start again for the rest.
        </span>
      )}
    </div>
  );
}
