/**
 * The calls without a price and what each lacks; and those whose price was guessed from a name.
 *
 * @module
 */
import { countOf, exactCount, formatCount } from "../format.ts";
import { formatUsd } from "../money.ts";
import { drillDown, otherPage } from "../page_url.ts";
import { providerName } from "../readiness.ts";
import { VisibleText } from "../visible_text.tsx";
import type { SpendData } from "./types.ts";

export function UnpricedCalls({ unpriced, url }: { unpriced: SpendData["unpriced"]; url: URL }) {
  const { models, guessed, total } = unpriced;
  if (total.calls === 0 && guessed.length === 0) {
    return (
      <section class="card" id="unpriced" aria-labelledby="unpriced-title">
        <header class="card-head">
          <h2 id="unpriced-title">Calls without a price</h2>
        </header>
        <p class="muted pad-y">None: every call of the range has a price.</p>
      </section>
    );
  }
  return (
    <section class="card flush" id="unpriced" aria-labelledby="unpriced-title">
      <header class="card-head">
        <h2 id="unpriced-title">Calls without a price</h2>
        <span class="small muted num">{countOf(total.calls, "call")}</span>
      </header>
      <div class="scroll" role="region" aria-label="Calls without a price" tabindex={0}>
        <table class="rows compact">
          <thead>
            <tr>
              <th scope="col">Model</th>
              <th scope="col">What is missing</th>
              <th scope="col" class="right">Tokens</th>
              <th scope="col" class="right">Calls</th>
            </tr>
          </thead>
          <tbody>
            {models.map((row) => (
              <tr key={JSON.stringify([row.provider, row.model, row.response_model, row.reason])}>
                <th scope="row">
                  <span class="name-cell flat">
                    <a
                      class="row-link"
                      data-row
                      href={drillDown("/dashboard/requests", url, {
                        provider: row.provider,
                        model: row.model,
                      })}
                    >
                      <VisibleText text={row.model || "no model named"} />
                    </a>
                    <span class="muted small ellipsis">{providerName(row.provider)}</span>
                  </span>
                </th>
                <td class="wraps">{row.reason}</td>
                <td class="right num" title={exactCount(row.tokens_input + row.tokens_output)}>
                  {formatCount(row.tokens_input + row.tokens_output)}
                </td>
                <td class="right num" title={exactCount(row.calls)}>{formatCount(row.calls)}</td>
              </tr>
            ))}
            {guessed.map((row) => (
              <tr key={JSON.stringify(["guessed", row.provider, row.model])}>
                <th scope="row">
                  <span class="name-cell flat">
                    <VisibleText text={row.model} />
                    <span class="muted small ellipsis">{providerName(row.provider)}</span>
                  </span>
                </th>
                <td class="wraps muted">
                  Nothing, but its price is a guess by its name: priced as {row.priced_as},{" "}
                  {formatUsd(row.cost_usd)}.
                </td>
                <td />
                <td class="right num" title={exactCount(row.calls)}>{formatCount(row.calls)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="pad small muted card-foot">
        Tell WatchLLM what they cost in{" "}
        <a href={otherPage("/dashboard/settings/prices", url)}>Settings, Prices</a>. It holds for
        calls from then on; <a href="#reprice">below</a> earlier ones are priced again.
      </p>
    </section>
  );
}
