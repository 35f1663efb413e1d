/**
 * The choice of the range: a period that ends now, or days and times of one's own. The periods are links
 * and the rest is a form, so that it needs no script; then times are UTC.
 *
 * @module
 */
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Icon } from "../icon.tsx";
import { sameView } from "../page_url.ts";
import { chosenRange, fieldsOf, type RangeFields } from "../range_form.ts";
import { useZone } from "../use_zone.ts";
import { periods, periodWords, type RangeChoice, rangeLabel, type View } from "../view.ts";
import type { Zone } from "../zone.ts";
import { HiddenParams } from "./top_bar.tsx";

interface RangeMenuProps {
  readonly url: URL;
  readonly view: View;
}

export function RangeMenu({ url, view: { range, problem } }: RangeMenuProps) {
  const zone = useZone();
  return (
    <>
      <button type="button" class="control" popovertarget="range-menu">
        <Icon name="calendar" />
        <span class="sr">{`Time range: `}</span>
        <span class="ellipsis">{rangeLabel(range, zone)}</span>
        <Icon name="down" />
      </button>
      <div id="range-menu" class="menu anchored range-menu" popover="auto">
        <ul role="list" aria-label="Time range">
          {periods.map((period) => {
            const chosen = range.kind === "period" && range.period === period;
            return (
              <li key={period}>
                <a
                  href={sameView(url, { range: period, from: null, to: null })}
                  {...(chosen && { "aria-current": "true" })}
                >
                  {`Last ${periodWords[period]}`}
                  {chosen && <Icon name="check" />}
                </a>
              </li>
            );
          })}
        </ul>
        <OwnRange key={zone} url={url} asked={askedOf(url, range)} zone={zone} refused={problem} />
      </div>
    </>
  );
}

/** What was asked for stays in the fields, so that it can be mended. */
function askedOf({ searchParams }: URL, range: RangeChoice): RangeChoice {
  const [from, to] = [searchParams.get("from"), searchParams.get("to")];
  return from && to ? { kind: "dates", from, to } : range;
}

interface OwnRangeProps {
  readonly url: URL;
  readonly asked: RangeChoice;
  readonly zone: Zone;
  /** Why the address's own range was not taken. */
  readonly refused: string | undefined;
}

interface Problem {
  readonly field: "from" | "to";
  readonly message: string;
}

function OwnRange({ url, asked, zone, refused }: OwnRangeProps) {
  const told = useId();
  const form = useRef<HTMLFormElement>(null);
  const [problem, setProblem] = useState<Problem | null>(
    refused ? { field: "to", message: refused } : null,
  );
  const shown = fieldsOf(asked, zone);
  useEffect(() => {
    if (problem && !refused) form.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus();
  }, [problem]);

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const range = chosenRange(readFields(new FormData(event.currentTarget)), zone);
    if (!range.ok) return setProblem(range);
    setProblem(null);
    location.assign(sameView(url, { range: null, from: range.from, to: range.to }));
  };
  // Values are given as objects: written as attributes, no browser would know them.
  const end = (name: "from" | "to", label: string) => (
    <fieldset>
      <legend>{label}</legend>
      <input
        type="date"
        name={name}
        aria-label={`${label}, day`}
        required
        min="1970-01-01"
        max="2299-12-30"
        {...{ defaultValue: shown[name] }}
        {...(problem?.field === name && { "aria-invalid": "true", "aria-describedby": told })}
      />
      <input
        type="time"
        name={`${name}_time`}
        aria-label={`${label}, time`}
        {...{ defaultValue: shown[`${name}_time`] }}
      />
    </fieldset>
  );
  return (
    <form ref={form} method="get" class="custom-range" aria-label="Own range" onSubmit={submit}>
      <HiddenParams url={url} without={["range", "from", "to"]} />
      {end("from", "From")}
      {end("to", "To")}
      {problem && <p id={told} class="small error-text" role="alert">{problem.message}</p>}
      <button type="submit" class="button">Show this range</button>
      <p class="small muted">{`Without times: whole days. In ${zone}.`}</p>
    </form>
  );
}

function readFields(data: FormData): RangeFields {
  const text = (name: string) => String(data.get(name) ?? "");
  return {
    from: text("from"),
    from_time: text("from_time"),
    to: text("to"),
    to_time: text("to_time"),
  };
}
