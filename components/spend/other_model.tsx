/**
 * What this traffic would have cost on another model, and what that rests on.
 *
 * @module
 */
import { changeOf } from "../change.ts";
import { countOf, exactCount, formatCount } from "../format.ts";
import { formatUsd } from "../money.ts";
import { isFilterName } from "../page_url.ts";
import { HiddenParams } from "../shell/top_bar.tsx";
import { VisibleText } from "../visible_text.tsx";
import type { OtherModel, SpendData } from "./types.ts";

type Result = Extract<OtherModel, { ok: true }>["value"];

interface OtherModelPanelProps {
  readonly other: SpendData["other"];
  readonly target: string | null;
  readonly url: URL;
}

export function OtherModelPanel({ other, target, url }: OtherModelPanelProps) {
  return (
    <section class="card" id="other-model" aria-labelledby="other-model-title">
      <header class="card-head">
        <h2 id="other-model-title">This traffic on another model</h2>
      </header>
      <form method="get" action="#other-model" class="inline-form">
        <HiddenParams url={url} without={["target"]} />
        <label class="grow">
          <span class="small muted">Provider and model</span>
          <input
            class="field"
            name="target"
            list="listed-models"
            required
            maxlength={300}
            autocomplete="off"
            placeholder="anthropic/claude-sonnet-4-5"
            value={target ?? ""}
          />
        </label>
        <button type="submit" class="button">Compare</button>
      </form>
      {other === null && (
        <p class="muted pad-y small">
          The same calls with the same tokens, at another model's price: a range where the two count
          tokens differently.
        </p>
      )}
      {other?.ok === false && <p class="error-text pad-y" role="alert">{other.message}</p>}
      {other?.ok && <Comparison result={other.value} url={url} />}
    </section>
  );
}

function Comparison({ result, url }: { result: Result; url: URL }) {
  const { actual, counterfactual, with_prompt_caching, target, models } = result;
  if (actual.calls === 0) return <p class="muted pad-y">No call of the range can be compared.</p>;
  const change = changeOf(Number(counterfactual.expected), Number(actual.cost_usd), "down");
  const direction = change?.direction === "down"
    ? "less"
    : change?.direction === "up"
    ? "more"
    : "";
  const filtered = [...url.searchParams.keys()].some(isFilterName);
  return (
    <>
      <dl class="compared num">
        <div>
          <dt class="muted small">{`As it was${filtered ? ", filtered" : ""}`}</dt>
          <dd>{formatUsd(actual.cost_usd)}</dd>
          <dd class="small muted">
            {countOf(actual.calls, "call")}
            {actual.unpriced_calls > 0 && `, ${exactCount(actual.unpriced_calls)} unpriced`}
          </dd>
        </div>
        <div>
          <dt class="muted small">
            <VisibleText text={target.model} />
          </dt>
          <dd>{formatUsd(counterfactual.expected)}</dd>
          <dd class="small muted">{range(counterfactual)}</dd>
        </div>
        {with_prompt_caching && (
          <div>
            <dt class="muted small">with prompt caching</dt>
            <dd>{formatUsd(with_prompt_caching.expected)}</dd>
            <dd class="small muted">{range(with_prompt_caching)}</dd>
          </div>
        )}
        {change && actual.unpriced_calls === 0 && (
          <div>
            <dt class="muted small">Difference</dt>
            <dd class={`change ${change.tone}`}>{`${change.text} ${direction}`}</dd>
            <dd class="small muted">without prompt caching</dd>
          </div>
        )}
      </dl>
      <div class="scroll" role="region" aria-label="By model" tabindex={0}>
        <table class="rows compact">
          <thead>
            <tr>
              <th scope="col">Called</th>
              <th scope="col" class="right">Calls</th>
              <th scope="col" class="right">Was</th>
              <th scope="col" class="right">Would be</th>
            </tr>
          </thead>
          <tbody>
            {models.map((row) => (
              <tr key={`${row.provider}/${row.model}`}>
                <th scope="row" class="ellipsis" title={row.tokens}>
                  <VisibleText text={row.model || "no model named"} />
                </th>
                <td class="right num">{formatCount(row.calls)}</td>
                <td class={row.actual_usd === "0" ? "right muted" : "right num"}>
                  {row.actual_usd === "0" ? "none known" : formatUsd(row.actual_usd)}
                </td>
                <td class="right num">{formatUsd(row.expected_usd)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <details class="as-table small">
        <summary>What this rests on</summary>
        <ul class="sentences muted">
          {result.assumptions.map((sentence) => <li key={sentence}>{sentence}</li>)}
          {result.not_counted.map(({ what, units, reason }) => (
            <li key={what + reason}>{`Not counted: ${what} (${exactCount(units)}). ${reason}`}</li>
          ))}
          <li>
            {`Price: ${target.price.source} ${target.price.version}, ${target.price.match} match.`}
          </li>
        </ul>
      </details>
    </>
  );
}

function range({ low, high }: Result["counterfactual"]): string {
  return low === high ? "same tokens" : `${formatUsd(low)} to ${formatUsd(high)}`;
}
