/**
 * What a user or a session adds up to, in a line.
 *
 * @module
 */
import { Fact, FactsLine } from "../facts_line.tsx";
import { exactCount, formatCount } from "../format.ts";
import { LocalTime } from "../local_time.tsx";
import { CostCell, ErrorsCell, type Sums, TokensCell } from "./cells.tsx";

interface SumFactsProps {
  readonly sums: Sums;
  readonly errors: number;
  /** A word and an instant, ISO UTC. */
  readonly first: readonly [string, string];
  readonly last: readonly [string, string];
}

export function SumFacts({ sums, errors, first, last }: SumFactsProps) {
  return (
    <FactsLine>
      {[first, last].map(([word, at]) => (
        <Fact key={word} term={word}>
          <LocalTime at={at} />
        </Fact>
      ))}
      <Fact term="Calls">
        <span title={exactCount(sums.calls)}>{formatCount(sums.calls)}</span>
      </Fact>
      <CallFacts sums={sums} errors={errors} />
    </FactsLine>
  );
}

/** What calls used, cost and failed. */
export function CallFacts({ sums, errors }: { sums: Sums; errors: number }) {
  return (
    <>
      <Fact term="Cost">
        <CostCell {...sums} alone />
      </Fact>
      <Fact term="Tokens">
        <TokensCell {...sums} />
      </Fact>
      <Fact term="Errors">
        <ErrorsCell errors={errors} />
      </Fact>
    </>
  );
}
