/**
 * The health of the log and its consumers, and the events that could not be projected, with another try.
 *
 * @module
 */
import { hc } from "hono/client";
import { useState } from "preact/hooks";
import { ConfirmButton } from "@/components/confirm.tsx";
import { type Read, read } from "@/components/data/read.ts";
import { useLive } from "@/components/data/use_live.ts";
import { countOf, exactCount, formatAgo, shortenId } from "@/components/format.ts";
import { Icon } from "@/components/icon.tsx";
import { ReadFailureNote } from "@/components/read_failure.tsx";
import { TableCard } from "@/components/table_card.tsx";
import { useZone } from "@/components/use_zone.ts";
import { VisibleText } from "@/components/visible_text.tsx";
import { formatInstant, type Zone } from "@/components/zone.ts";
import type { ApiType } from "@/routes/(_api)/app.ts";
import type { DeadLettersAnswer, Health as HealthAnswer } from "@/routes/(_api)/health.ts";

type Client = ReturnType<typeof hc<ApiType>>;

export interface HealthData {
  readonly health: HealthAnswer;
  readonly letters: DeadLettersAnswer;
}

export async function loadHealth(
  { v1: { operations } }: Client,
  signal: AbortSignal,
): Promise<Read<HealthData>> {
  const options = { init: { signal } };
  const [health, letters] = await Promise.all([
    read<HealthAnswer>(() => operations.health.$get({}, options), { signal }),
    read<DeadLettersAnswer>(() => operations["dead-letters"].$get({}, options), { signal }),
  ]);
  if (!health.ok) return health;
  if (!letters.ok) return letters;
  return { ok: true, value: { health: health.value, letters: letters.value } };
}

const everySeconds = 5;

export function Health({ start, readAt: startedAt }: { start: HealthData; readAt: string }) {
  const [{ value, readAt, failure }, readNow] = useLive<HealthData>({
    start,
    startedAt,
    of: "health",
    live: true,
    everySeconds,
    load: (signal) => loadHealth(hc<ApiType>("/"), signal),
  });
  const zone = useZone();
  const { health, letters } = value ?? start;
  return (
    <div class="settings">
      {failure && <ReadFailureNote failure={failure} readAt={readAt} zone={zone} retry={readNow} />}
      <Consumers health={health} readAt={readAt} />
      <DeadLetters letters={letters} zone={zone} again={readNow} />
      <RetentionPass pass={health.retention} zone={zone} />
    </div>
  );
}

const words = {
  running: "at work",
  retrying: "tries again",
  parked: "stands still until somebody acts",
  unattended: "no process works on it",
} as const;

const consumerColumns = [
  "Consumer",
  "State",
  { label: "Waiting to be stored", right: true },
  "Oldest",
  { label: "Dead letters", right: true },
] as const;

function Consumers({ health: { log, consumers }, readAt }: {
  health: HealthAnswer;
  readAt: string;
}) {
  const now = Date.parse(readAt);
  return (
    <TableCard
      title="Log and consumers"
      note={`generation ${log.generation}, ${countOf(log.partitions, "partition")}`}
      columns={consumerColumns}
      compact
      empty="No consumer has started yet. Events wait in the log."
    >
      {consumers.flatMap((consumer) => [
        <tr key={consumer.id}>
          <th scope="row">
            <strong>{consumer.id}</strong>
            {consumer.registered === "building" && <span class="muted small">, being rebuilt</span>}
          </th>
          <td>
            <Status status={consumer.status} />
          </td>
          <td class="right num">{exactCount(consumer.pending)}</td>
          <td />
          <td class="right num">{exactCount(consumer.dead_letters)}</td>
        </tr>,
        ...consumer.partitions.map((one) => (
          <tr key={`${consumer.id}/${one.partition}`} class="muted">
            <th scope="row">{`partition ${one.partition}`}</th>
            <td class="wraps">
              {one.attended ? words[one.state ?? "running"] : words.unattended}
              {one.detail && `: ${one.detail}`}
            </td>
            <td class="right num">{`${exactCount(one.pending)}${one.more ? "+" : ""}`}</td>
            <td class="num">{one.oldest_at ? formatAgo(one.oldest_at, now) : ""}</td>
            <td class="right num">{exactCount(one.dead_letters)}</td>
          </tr>
        )),
      ])}
    </TableCard>
  );
}

function Status({ status }: { status: keyof typeof words }) {
  const ok = status === "running";
  return (
    <span class={`state ${ok ? "ok" : status === "parked" ? "error" : "warning"}`}>
      <Icon name={ok ? "check" : "warning"} /> {words[status]}
    </span>
  );
}

interface RetentionPassProps {
  readonly pass: HealthAnswer["retention"];
  readonly zone: Zone;
}

/** What retention has taken out of the log, and what holds it up. */
function RetentionPass({ pass, zone }: RetentionPassProps) {
  const lines = pass
    ? [
      ...(pass.finished_at
        ? [
          `Went through the log ${formatInstant(pass.finished_at, zone)}: ` +
          `${countOf(pass.events, "event")} and ${countOf(pass.records, "record")} taken out, ` +
          `${countOf(pass.stripped, "event")} left without their bodies.`,
        ]
        : ["Has not gone through the log yet: it does once a day."]),
      ...(pass.held > 0 ? [`Dead letters hold ${countOf(pass.held, "record")}.`] : []),
      ...(pass.damaged > 0 ? [`${countOf(pass.damaged, "record")} cannot be read.`] : []),
    ]
    : ["Has not looked yet."];
  return (
    <section class="card" aria-labelledby="retention-title">
      <header class="card-head">
        <h2 id="retention-title">Retention</h2>
        <span class="small muted num">
          {pass ? `looked ${formatInstant(pass.looked_at, zone)}` : ""}
        </span>
      </header>
      <ul class="sentences num">
        {lines.map((line) => <li key={line}>{line}</li>)}
        {pass?.stalled.map(({ partition, consumer, since }) => (
          <li key={partition}>
            <span class="state warning">
              <Icon name="warning" /> {consumer ?? "No consumer"} stands still
            </span>
            {` in partition ${partition} since ${formatInstant(since, zone)}: ` +
              "the log keeps what it has not read."}
          </li>
        ))}
        {pass?.problem && <li class="error-text">{pass.problem}</li>}
      </ul>
    </section>
  );
}

interface DeadLettersProps {
  readonly letters: DeadLettersAnswer;
  readonly zone: Zone;
  readonly again: () => void;
}

const letterColumns = [
  "Event",
  "Type",
  "Why",
  "Set aside",
  { label: "Tried again", right: true },
] as const;

interface Replayed {
  readonly replayed: number;
  readonly left: number;
}

function DeadLetters({ letters: { dead_letters, more }, zone, again }: DeadLettersProps) {
  const [told, setTold] = useState<string | null>(null);
  const standing = dead_letters.length === 0
    ? "None: every event that was read is stored."
    : countOf(dead_letters.length, "event") + (more ? " and more" : "");
  return (
    <TableCard
      title="Dead letters"
      note="events that could not be projected; the log still has them"
      columns={letterColumns}
      compact
      empty={null}
      above={
        <div class="pad section-head">
          <span role="status">{told ?? standing}</span>
          {dead_letters.length > 0 && (
            <ConfirmButton<Replayed>
              label="Try all again"
              title="Try all dead letters again?"
              action="Try again"
              ask={() => hc<ApiType>("/").v1.operations["dead-letters"].$post()}
              then={({ replayed, left }) => {
                setTold(`${exactCount(replayed)} stored, ${exactCount(left)} left.`);
                again();
              }}
            >
              <p>
                Those that can be projected now are stored once. Do this after the cause was mended.
              </p>
            </ConfirmButton>
          )}
        </div>
      }
    >
      {dead_letters.map((letter) => (
        <tr key={`${letter.consumer}/${letter.position}`}>
          <th scope="row" title={letter.position}>
            <code>{letter.event_id ? shortenId(letter.event_id, 16) : "no id"}</code>
          </th>
          <td>{letter.type ?? "not known"}</td>
          <td class="wraps">
            {`${letter.code}: `}
            <VisibleText text={letter.detail} />
          </td>
          <td class="num">{formatInstant(letter.at, zone)}</td>
          <td class="right num">{letter.replays}</td>
        </tr>
      ))}
    </TableCard>
  );
}
