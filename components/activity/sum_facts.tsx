/**
 * What a user or a session adds up to, in a line.
 *
 * @module
 */
import { exactCount, formatCount } from "../format.ts";
import { formatInstant } from "../zone.ts";
import { CostCell, ErrorsCell, type Sums } from "./cells.tsx";

interface SumFactsProps {
  readonly sums: Sums;
  readonly errors: number;
  /** A word and an instant, ISO UTC. */
  readonly first: readonly [string, string];
  readonly last: readonly [string, string];
}

export function SumFacts({ sums, errors, first, last }: SumFactsProps) {
  const tokens = sums.tokens_input + sums.tokens_output;
  return (
    <dl class="facts-line">
      {[first, last].map(([word, at]) => (
        <div key={word}>
          <dt>{word}</dt>
          <dd>
            <time class="num" datetime={at}>{formatInstant(at, "UTC")} UTC</time>
          </dd>
        </div>
      ))}
      <div>
        <dt>Calls</dt>
        <dd class="num" title={exactCount(sums.calls)}>{formatCount(sums.calls)}</dd>
      </div>
      <div>
        <dt>Cost</dt>
        <dd class="num">
          <CostCell {...sums} />
        </dd>
      </div>
      <div>
        <dt>Tokens</dt>
        <dd class="num" title={exactCount(tokens)}>{formatCount(tokens)}</dd>
      </div>
      <div>
        <dt>Errors</dt>
        <dd>
          <ErrorsCell errors={errors} />
        </dd>
      </div>
    </dl>
  );
}
