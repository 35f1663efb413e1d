/**
 * Whether the installation stands: four facts, each with an icon and a word. With everything in order
 * it is one quiet line; otherwise each open point says what to do.
 *
 * @module
 */
import { countOf, formatDuration } from "./format.ts";
import { Icon, type IconName } from "./icon.tsx";
import { providerName, type Readiness } from "./readiness.ts";
import { formatClock, type Zone } from "./zone.ts";

interface Point {
  readonly id: string;
  readonly label: string;
  readonly tone: "ok" | "wait" | "warning";
  readonly text: string;
  /** More of it, on hover. */
  readonly title?: string;
}

const icons: Readonly<Record<Point["tone"], IconName>> = {
  ok: "check",
  wait: "wait",
  warning: "warning",
};
const toneWords: Readonly<Record<Point["tone"], string>> = {
  ok: "in order",
  wait: "waiting",
  warning: "needs attention",
};

export function ReadinessLine({ readiness, zone }: { readiness: Readiness; zone: Zone }) {
  const points = [
    providerKey(readiness),
    firstCall(readiness),
    clickhouse(readiness, zone),
    waiting(readiness),
  ];
  return (
    <section class="readiness" aria-label="Readiness">
      <dl>
        {points.map(({ id, label, tone, text, title }) => (
          <div key={id} class={`point ${tone}`} data-point={id}>
            <Icon name={icons[tone]} />
            <dt class="small muted">
              {label}
              <span class="sr">, {toneWords[tone]}</span>
            </dt>
            <dd class="num" title={title || text}>{text}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function providerKey({ providers }: Readiness): Point {
  const names = [...new Set(providers.map(providerName))];
  const shown = names.length > 3 ? `${names.length} providers` : names.join(", ");
  return {
    id: "provider",
    label: "Provider keys",
    tone: names.length > 0 ? "ok" : "wait",
    text: shown || "None set",
    title: names.join(", "),
  };
}

function firstCall({ firstCallSeen }: Readiness): Point {
  return {
    id: "first-call",
    label: "First call",
    tone: firstCallSeen ? "ok" : "wait",
    text: firstCallSeen ? "Seen" : "Waiting for it",
  };
}

function clickhouse({ clickhouse: state }: Readiness, zone: Zone): Point {
  return {
    id: "clickhouse",
    label: "ClickHouse",
    tone: state.reachable ? "ok" : "warning",
    text: state.reachable ? "Reachable" : `Away since ${formatClock(state.since, zone)}`,
  };
}

function waiting({ waiting, lagMs, clickhouse }: Readiness): Point {
  const late = lagMs > 10_000 || !clickhouse.reachable;
  return {
    id: "waiting",
    label: "Waiting to be stored",
    tone: waiting > 0 && late ? "wait" : "ok",
    text: waiting === 0
      ? "Nothing"
      : `${countOf(waiting, "event")}, ${formatDuration(lagMs)} behind`,
  };
}
