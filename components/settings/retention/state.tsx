/**
 * What retention has taken away, and how it does.
 *
 * @module
 */
import type { RetentionState } from "./types.ts";
import { countOf, exactCount, formatBytes } from "../../format.ts";
import { Icon } from "../../icon.tsx";
import { formatInstant, type Zone } from "../../zone.ts";
import { dayText } from "./days.ts";

interface RetentionStateProps {
  readonly state: RetentionState;
  readonly zone: Zone;
}

export function RetentionStateCard({ state, zone }: RetentionStateProps) {
  const { calls_before, bodies_before, removed, pass } = state;
  return (
    <section class="card flush" aria-labelledby="retention-state-title">
      <header class="card-head">
        <h2 id="retention-state-title">What is gone</h2>
        <span class="small muted num">
          {pass ? `looked ${formatInstant(pass.looked_at, zone)}` : "has not looked yet"}
        </span>
      </header>
      <div class="pad">
        <ul class="sentences">
          <li>
            {calls_before
              ? `Calls, traces and scores from before ${
                dayText(calls_before)
              }. Their sums are kept.`
              : "No call: all that were recorded are here."}
          </li>
          <li>
            {bodies_before
              ? `Prompts and answers from before ${dayText(bodies_before)}.`
              : "No prompt and no answer."}
          </li>
          {pass?.finished_at && (
            <li class="num">
              {`The log was gone through ${formatInstant(pass.finished_at, zone)}: ` +
                `${countOf(pass.events, "event")} taken out, ` +
                `${countOf(pass.stripped, "event")} left without their bodies.`}
            </li>
          )}
          {pass?.stalled.map(({ partition, consumer, since }) => (
            <li key={partition} class="num">
              <span class="state warning">
                <Icon name="warning" /> The log waits
              </span>
              {` since ${formatInstant(since, zone)} for ${
                consumer ?? "a consumer"
              } in partition ` +
                `${partition}: nothing that it has not read is taken out.`}
            </li>
          ))}
          {pass?.problem && <li class="error-text">{pass.problem}</li>}
        </ul>
      </div>
      <Removals removed={removed} zone={zone} />
    </section>
  );
}

function Removals({ removed, zone }: { removed: RetentionState["removed"]; zone: Zone }) {
  if (removed === null) {
    return <p class="muted pad">ClickHouse is away: what was taken away cannot be counted now.</p>;
  }
  if (removed.latest.length === 0) return <p class="muted pad">Nothing was taken away yet.</p>;
  const { total } = removed;
  return (
    <div class="scroll" role="region" aria-label="What was taken away" tabindex={0}>
      <table class="rows compact">
        <thead>
          <tr>
            <th scope="col">Taken away</th>
            <th scope="col" class="right">Calls</th>
            <th scope="col" class="right">Calls with bodies</th>
            <th scope="col" class="right">Bytes of bodies</th>
          </tr>
        </thead>
        <tbody>
          {removed.latest.map(({ at, calls, bodies, body_bytes }) => (
            <tr key={at}>
              <th scope="row" class="num">{formatInstant(at, zone)}</th>
              <td class="right num">{exactCount(calls)}</td>
              <td class="right num">{exactCount(bodies)}</td>
              <td class="right num">{formatBytes(body_bytes)}</td>
            </tr>
          ))}
          <tr>
            <th scope="row">
              <strong>In all</strong>
            </th>
            <td class="right num">{exactCount(total.calls)}</td>
            <td class="right num">{exactCount(total.bodies)}</td>
            <td class="right num">{formatBytes(total.body_bytes)}</td>
          </tr>
        </tbody>
      </table>
    </div>
  );
}
