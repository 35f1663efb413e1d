/**
 * The semantic cache: what it may do, and how right it has been, context by context.
 *
 * @module
 */
import { exactCount, formatCount, formatRate, plainRate, shortenId } from "../format.ts";
import type { CachePolicy, Mode } from "./types.ts";

interface SemanticPanelProps {
  readonly policy: CachePolicy;
  readonly busy: boolean;
  readonly problem: string | null;
  readonly choose: (mode: Mode) => void;
}

export const modes: readonly {
  readonly mode: Mode;
  readonly label: string;
  readonly does: string;
}[] = [
  { mode: "off", label: "Off", does: "Similar questions are not looked for." },
  {
    mode: "shadow",
    label: "Shadow",
    does: "It looks for similar questions, compares what it would have given with the real " +
      "answer, and never serves.",
  },
  {
    mode: "serve",
    label: "Serve",
    does: "It serves where its outcomes have earned it, and goes on checking a share of them.",
  },
];

export function SemanticPanel({ policy, busy, problem, choose }: SemanticPanelProps) {
  return (
    <section class="card flush" aria-labelledby="semantic-title">
      <header class="card-head">
        <h2 id="semantic-title">Semantic cache</h2>
        <span class="small muted">the same question in other words</span>
      </header>
      <fieldset class="choice-list pad" disabled={busy}>
        <legend class="sr">Mode</legend>
        {modes.map(({ mode, label, does }) => (
          <label key={mode}>
            <input
              type="radio"
              name="semantic-mode"
              value={mode}
              checked={policy.mode === mode}
              onChange={() => choose(mode)}
            />
            <span>
              <strong>{label}</strong>
              <span class="muted">{` ${does}`}</span>
            </span>
          </label>
        ))}
        {problem && <p class="error-text small" role="alert">{problem}</p>}
      </fieldset>
      {policy.partitions.length === 0
        ? (
          <p class="muted pad">
            {policy.mode === "off"
              ? "Nothing has been measured. Shadow costs nothing but a lookup."
              : "Nothing has been measured yet: it needs calls that could be answered alike."}
          </p>
        )
        : <Partitions policy={policy} />}
    </section>
  );
}

function Partitions({ policy: { partitions, error_target } }: { policy: CachePolicy }) {
  return (
    <>
      <div class="scroll" role="region" aria-label="Contexts of the semantic cache" tabindex={0}>
        <table class="rows compact">
          <thead>
            <tr>
              <th scope="col">Context</th>
              <th scope="col" class="right">Entries</th>
              <th scope="col" class="right">Compared</th>
              <th scope="col" class="right">Right</th>
              <th scope="col" class="right">Wrong above the mark, at most</th>
              <th scope="col">State</th>
            </tr>
          </thead>
          <tbody>
            {partitions.map((one) => (
              <tr key={one.partition}>
                <th scope="row" title={one.partition}>
                  <code>{shortenId(one.partition, 12)}</code>
                </th>
                <td class="right num">{formatCount(one.entries)}</td>
                <td class="right num" title={`${exactCount(one.wrong)} wrong`}>
                  {formatCount(one.outcomes)}
                </td>
                <td class="right num">
                  {one.precision === null
                    ? <span class="muted">not known</span>
                    : formatRate(one.precision)}
                </td>
                <td class="right num">
                  {one.false_hit_bound === null
                    ? <span class="muted">not known</span>
                    : formatRate(one.false_hit_bound)}
                </td>
                <td>
                  {one.serving ? `serves from ${one.threshold?.toFixed(2)}` : "measures"}
                  {one.demotions > 0 && (
                    <span class="muted small">
                      {`, taken back ${one.demotions === 1 ? "once" : `${one.demotions} times`}`}
                    </span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="pad small muted card-foot">
        {`A context serves once at most ${plainRate(error_target)} of its answers can be wrong, ` +
          "with a bound that holds at every moment."}
      </p>
    </>
  );
}
