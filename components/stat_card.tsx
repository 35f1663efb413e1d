/**
 * One figure: its name with a definition, the number, how it changed, and its course as a line. The
 * whole card may lead to what is behind it.
 *
 * @module
 */
import type { Change } from "./change.ts";
import { Definition } from "./definition.tsx";
import { Sparkline } from "./sparkline.tsx";

export interface Stat {
  readonly id: string;
  readonly label: string;
  /** One sentence. */
  readonly meaning: string;
  readonly value: string;
  /** All digits of the value, or why there is none. */
  readonly title?: string;
  /** What stands beside it, e.g. `+ 37 unpriced`. */
  readonly beside?: string;
  readonly tone?: "error" | "absent";
  readonly change?: Change | null;
  /** What the change is against, e.g. `previous 24 hours`. */
  readonly against?: string;
  readonly spark?: readonly (number | null)[];
  readonly href?: string;
}

export function StatCards({ stats, label }: { stats: readonly Stat[]; label: string }) {
  return (
    <dl class="stats" aria-label={label}>
      {stats.map((stat) => <StatCard key={stat.id} stat={stat} />)}
    </dl>
  );
}

function StatCard({ stat }: { stat: Stat }) {
  const { id, label, meaning, value, title, beside, tone, change, against, spark, href } = stat;
  return (
    <div class="stat" data-figure={id}>
      <dt>
        <Definition id={`def-${id}`} word={label}>{meaning}</Definition>
      </dt>
      <dd
        class={`value num ${value.length > 11 ? "long" : ""} ${tone ?? ""}`}
        title={title ?? value}
      >
        {href ? <a href={href}>{value}</a> : value}
      </dd>
      <dd class="beside num small muted">
        {change && <ChangeMark change={change} against={against} />}
        {beside && <span class="ellipsis">{beside}</span>}
      </dd>
      {spark && (
        <dd class="spark-cell">
          <Sparkline values={spark} />
        </dd>
      )}
    </div>
  );
}

const words = { up: "up", down: "down", same: "" } as const;
const arrows = { up: "▲", down: "▼", same: "" } as const;

export function ChangeMark({ change, against }: { change: Change; against: string | undefined }) {
  const { text, direction, tone } = change;
  return (
    <span class={`change ${tone}`} title={against && `${text} ${words[direction]} vs ${against}`}>
      <span aria-hidden="true">{arrows[direction]}</span>
      <span class="sr">{words[direction]}</span> {text}
    </span>
  );
}
