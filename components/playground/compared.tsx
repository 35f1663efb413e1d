/**
 * The call that was sent again beside the original: what each cost and took, and what each said, with the
 * words marked that only one of them has.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";
import { changeOf, type Good } from "../change.ts";
import { exactCount, formatDuration } from "../format.ts";
import { CacheWord, Cost, Status } from "../requests/cells.tsx";
import { VisibleText } from "../visible_text.tsx";
import type { RecordedCall } from "./recorded.ts";
import { type Piece, wordDiff } from "./word_diff.ts";

interface ComparedProps {
  readonly original: RecordedCall;
  /** Null until it is recorded. */
  readonly now: RecordedCall | null;
  /** What stands in its place until then. */
  readonly pending: ComponentChildren;
  /** What it says so far. */
  readonly text: string;
  /** Whether it still says more. */
  readonly running: boolean;
}

/** With less than this in common, marks would cover all of both. */
const leastShared = 0.3;

export function Compared({ original, now, pending, text, running }: ComparedProps) {
  return (
    <div class="compared-calls">
      <Figures original={original} now={now} pending={pending} />
      <Texts before={original.text} after={now?.text ?? text} running={running} />
    </div>
  );
}

type Facts = RecordedCall["event"];

interface Figure {
  readonly name: string;
  readonly show: (facts: Facts) => ComponentChildren;
  /** For the change alone: no amount of money comes out of it. */
  readonly amount?: (facts: Facts) => number | null;
  readonly good?: Good;
  /** A part of the figure above: not shown when both have none of it. */
  readonly part?: true;
}

const figures: readonly Figure[] = [
  { name: "Model", show: ({ model }) => <VisibleText text={model || "none"} most={200} /> },
  { name: "Ended", show: (facts) => <Status row={facts} /> },
  {
    name: "Cost",
    show: (facts) => <Cost row={facts} />,
    amount: ({ cost_usd }) => cost_usd === null ? null : Number(cost_usd),
    good: "down",
  },
  tokens("Tokens in", ({ tokens_input }) => tokens_input),
  { ...tokens("of these cached", ({ tokens_cache_read }) => tokens_cache_read), part: true },
  tokens("Tokens out", ({ tokens_output }) => tokens_output),
  { ...tokens("of these reasoning", ({ tokens_reasoning }) => tokens_reasoning), part: true },
  {
    name: "Time",
    show: ({ latency_ms }) => formatDuration(latency_ms),
    amount: ({ latency_ms }) => latency_ms,
    good: "down",
  },
  {
    name: "First token",
    show: ({ ttft_ms }) => ttft_ms === null ? "none" : formatDuration(ttft_ms),
    amount: ({ ttft_ms }) => ttft_ms,
    good: "down",
  },
  { name: "Cache", show: ({ cache }) => <CacheWord cache={cache} /> },
];

function tokens(name: string, amount: (facts: Facts) => number): Figure {
  return { name, show: (facts) => exactCount(amount(facts)), amount };
}

function Figures({ original, now, pending }: Pick<ComparedProps, "original" | "now" | "pending">) {
  const shown = figures.filter(({ part, amount }) =>
    !part || [original, now].some((call) => call && amount?.(call.event))
  );
  // A call that failed is no faster and no cheaper.
  const comparable = now?.event.status === "success" && original.event.status === "success";
  return (
    <div class="scroll" role="region" aria-label="What it cost and took" tabindex={0}>
      <table class="rows compact compared-figures num">
        <thead>
          <tr>
            <th scope="col">
              <span class="sr">Figure</span>
            </th>
            <th scope="col" class="right">Original</th>
            <th scope="col" class="right">This call</th>
            <th scope="col" class="right">Change</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ name, show, amount, good = null, part }, index) => {
            const change = comparable && now && amount &&
              changeOf(amount(now.event), amount(original.event), good);
            return (
              <tr key={name}>
                <th scope="row" class={part ? "muted" : ""}>{name}</th>
                <td class="right">{show(original.event)}</td>
                {now && <td class="right">{show(now.event)}</td>}
                {now && (
                  <td class="right">
                    {change && (
                      <span class={`change ${change.tone}`}>
                        {change.direction === "up" ? "+ " : change.direction === "down" ? "− " : ""}
                        {change.text}
                      </span>
                    )}
                  </td>
                )}
                {!now && index === 0 && (
                  <td colspan={2} rowspan={shown.length} class="pending muted">{pending}</td>
                )}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

interface TextsProps {
  readonly before: string | null;
  readonly after: string;
  readonly running: boolean;
}

function Texts({ before, after, running }: TextsProps) {
  // Marks while it is being written would only flicker.
  const all = useMemo(
    () => running || !before || after === "" ? null : wordDiff(before, after),
    [before, after, running],
  );
  const shared = all && sharedShare(all);
  const pieces = shared !== null && shared >= leastShared ? all : null;
  return (
    <div class="compared-texts">
      {shared !== null && <p class="small muted num wide-row">{sharedText(shared)}</p>}
      <section aria-label="Original answer">
        <h3 class="small muted">Original answer</h3>
        <pre class="answer-text" tabindex={0}>
          {before
            ? pieces ? <Marked pieces={pieces} side="before" /> : <VisibleText text={before} />
            : <span class="muted">No text was kept.</span>}
        </pre>
      </section>
      <section aria-label="This answer">
        <h3 class="small muted">This answer</h3>
        <pre class="answer-text" tabindex={0}>
          {after === "" && !running
            ? <span class="muted">No text.</span>
            : pieces
            ? <Marked pieces={pieces} side="after" />
            : <VisibleText text={after} />}
        </pre>
      </section>
    </div>
  );
}

function sharedText(share: number): string {
  if (share === 1) return "Word for word the same.";
  const percent = Math.min(99, Math.round(share * 100));
  return share < leastShared
    ? `The answers have little in common (${percent} %).`
    : `${percent} % is the same. What only one of them has is marked.`;
}

function Marked({ pieces, side }: { pieces: readonly Piece[]; side: "before" | "after" }) {
  return (
    <>
      {pieces.filter((piece) => piece.side === "both" || piece.side === side).map(
        (piece, index) => {
          const text = <VisibleText text={piece.text} />;
          if (piece.side === "both" || piece.text.trim() === "") {
            return <span key={index}>{text}</span>;
          }
          return side === "before" ? <del key={index}>{text}</del> : <ins key={index}>{text}</ins>;
        },
      )}
    </>
  );
}

/** By characters without blanks, of the longer text. */
function sharedShare(pieces: readonly Piece[]): number {
  const count = (sides: readonly Piece["side"][]) =>
    pieces.filter(({ side }) => sides.includes(side))
      .reduce((sum, { text }) => sum + text.replace(/\s+/g, "").length, 0);
  const whole = Math.max(count(["both", "before"]), count(["both", "after"]));
  return whole === 0 ? 1 : count(["both"]) / whole;
}
