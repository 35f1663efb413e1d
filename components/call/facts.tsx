/**
 * What is known of a call besides what was said: its course in time, its cost with the arithmetic, what
 * was decided, what it belongs to, and what others thought of it.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import type { CostBreakdown, Decision, EventRow } from "@/core/analytics/types.ts";
import type { CallView, Feedback } from "@/core/transcript/call_view.ts";
import { exactCount, formatBytes, formatDuration, shortenId } from "../format.ts";
import { exactUsd, formatUsd } from "../money.ts";
import { filterValueName, type KeyNames, noKeyNames } from "../key_names.ts";
import { IdText } from "../id_text.tsx";
import { named } from "../named.ts";
import { drillDown, pathPart } from "../page_url.ts";
import { providerName } from "../readiness.ts";
import { VisibleText } from "../visible_text.tsx";
import { formatInstant, type Zone } from "../zone.ts";
import { Attempts } from "./attempts.tsx";
import { Decisions } from "./decisions.tsx";
import { Timeline } from "./timeline.tsx";

interface CallFactsProps {
  readonly view: Omit<CallView, "transcript">;
  readonly url: URL;
  readonly zone: Zone;
  /** Without them keys are shown by their ids. */
  readonly names?: KeyNames;
}

export function CallFacts({ view, url, zone, names = noKeyNames }: CallFactsProps) {
  return (
    <div class="call-facts">
      <Fact title="Timeline">
        <Timeline event={view.event} />
        <Attempts decisions={view.decisions} />
      </Fact>
      <Fact title="Cost">
        <CostArithmetic
          cost={view.cost_breakdown}
          event={view.event}
          decisions={view.decisions}
        />
      </Fact>
      <Fact title="Decisions">
        <Decisions
          decisions={view.decisions.filter(({ about }) => !ofCost.includes(about))}
          cache={view.event.cache}
          url={url}
        />
      </Fact>
      <Fact title="Belongs to">
        <Belongings event={view.event} url={url} zone={zone} names={names} />
      </Fact>
      {view.feedback.length > 0 && (
        <Fact title="Feedback">
          <FeedbackList feedback={view.feedback} zone={zone} />
        </Fact>
      )}
    </div>
  );
}

/** Decisions that are told beside the sum that they led to. */
const ofCost: readonly string[] = ["price", "usage"];

function Fact({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="fact">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

const bucketNames: Readonly<Record<string, string>> = {
  input: "uncached input",
  cache_read: "cached input",
  cache_write: "written to cache",
  cache_write_5m: "written to cache, 5 min",
  cache_write_1h: "written to cache, 1 h",
  cache_write_12h: "written to cache, 12 h",
  input_audio: "audio input",
  input_image: "image input",
  output: "output",
  reasoning: "reasoning",
  output_audio: "audio output",
  tool_requests: "tool requests",
  request: "fee of the call",
};

interface CostProps {
  readonly cost: CostBreakdown;
  readonly event: EventRow;
  readonly decisions: readonly Decision[];
}

function CostArithmetic({ cost, event, decisions }: CostProps) {
  const because = (about: string) =>
    decisions.find((decision) => decision.about === about)?.because ?? "";
  return (
    <>
      {cost.lines.length > 0
        ? (
          <table class="arithmetic num">
            <tbody>
              {cost.lines.map((line) => (
                <tr key={line.bucket}>
                  <th scope="row">
                    {exactCount(line.units)}{" "}
                    <span class="muted">{named(bucketNames, line.bucket) ?? line.bucket}</span>
                  </th>
                  <td class="muted">
                    {line.bucket === "request"
                      ? `× ${exactUsd(line.usd_per_million)}`
                      : `× ${exactUsd(line.usd_per_million)} / M`}
                  </td>
                  <td class="right">{exactUsd(line.usd)}</td>
                </tr>
              ))}
            </tbody>
            <tfoot>
              <tr>
                <th scope="row" colspan={2}>Total</th>
                <td class="right">{cost.usd === null ? "no price" : exactUsd(cost.usd)}</td>
              </tr>
            </tfoot>
          </table>
        )
        : (
          <p class="num">
            {cost.usd === null ? "No price" : formatUsd(cost.usd)}
            {cost.unpriced_reason && <span class="muted">{`: ${cost.unpriced_reason}`}</span>}
          </p>
        )}
      <Usage event={event} because={because("usage")} />
      <Price price={cost.price} because={because("price")} />
      {cost.provider_cost_usd !== null && (
        <p class="small muted num">
          {`The provider itself says ${exactUsd(cost.provider_cost_usd)}`}
          {cost.difference_usd !== null && /[1-9]/.test(cost.difference_usd) &&
            `; ours differs by ${cost.difference_usd}`}
        </p>
      )}
      {cost.repriced && (
        <p class="small muted">
          <VisibleText text={`Priced again: ${cost.repriced.reason}`} />
        </p>
      )}
    </>
  );
}

/** The token counts, also of a call without a price, and how they are known. */
function Usage({ event: { usage }, because }: { event: EventRow; because: string }) {
  const counted = Object.entries(usage.buckets).filter(([, count]) => count > 0);
  const words = counted.map(([name, count]) =>
    `${exactCount(count)} ${named(bucketNames, name) ?? name}`
  );
  return (
    <p class="small muted num">
      {words.length === 0 ? "No tokens are known." : `Tokens: ${words.join(", ")}. ${because}`}
    </p>
  );
}

/** Which price was taken, from which list, and why that one. */
function Price({ price, because }: { price: CostBreakdown["price"]; because: string }) {
  if (price.match === "none") return null;
  const model = [price.provider, price.model].filter(Boolean).join("/");
  return (
    <p class="small muted">
      <VisibleText
        text={`Price: ${model}, ${price.tier} tier, ${price.source} ${price.version}. ${because}`}
      />
    </p>
  );
}

interface BelongingsProps {
  readonly event: EventRow;
  readonly url: URL;
  readonly zone: Zone;
  readonly names: KeyNames;
}

function Belongings({ event, url, zone, names }: BelongingsProps) {
  const requests = "/dashboard/requests";
  const ids: readonly (readonly [string, string | null, string | null])[] = [
    ["Event", event.event_id, null],
    [
      "Session",
      event.session_id,
      event.session_id &&
      drillDown(`/dashboard/sessions/${pathPart(event.session_id)}`, url, {}),
    ],
    [
      "Trace",
      event.trace_id,
      event.trace_id &&
      drillDown(`/dashboard/traces/${pathPart(event.trace_id)}`, url, {}),
    ],
    ["Answer's id", event.response_id, null],
  ];
  const entries: readonly (readonly [string, string | null, string | null])[] = [
    ["Time", formatInstant(event.timestamp, zone), null],
    [
      "Provider",
      providerName(event.provider),
      drillDown(requests, url, { provider: event.provider }),
    ],
    ["Model asked for", event.model || null, drillDown(requests, url, { model: event.model })],
    ["Model that answered", event.response_model, null],
    ["User", event.user_id, drillDown(requests, url, { user_id: event.user_id })],
    ["Finished because", event.finish_reason, null],
    ["Request", `${event.method} ${event.path}`.trim() || null, null],
    [
      "Project key",
      filterValueName(names, "key_id", event.key_id) || null,
      drillDown(requests, url, { key_id: event.key_id }),
    ],
    [
      "Provider key",
      event.provider_key_id &&
      filterValueName(names, "provider_key_id", event.provider_key_id),
      drillDown(requests, url, { provider_key_id: event.provider_key_id }),
    ],
    ["Sent to the client", formatBytes(event.response_bytes), null],
  ];
  const properties = Object.entries(event.properties);
  return (
    <dl class="pairs">
      {entries.map(([name, value, href]) =>
        value && (
          <div key={name}>
            <dt class="muted">{name}</dt>
            <dd class="break">
              {href
                ? (
                  <a href={href}>
                    <VisibleText text={value} />
                  </a>
                )
                : <VisibleText text={value} />}
            </dd>
          </div>
        )
      )}
      {ids.map(([name, id, href]) =>
        id && (
          <div key={name}>
            <dt class="muted">{name}</dt>
            <dd>
              <IdText id={id} href={href} label={`${name}: ${shortenId(id)}`} />
            </dd>
          </div>
        )
      )}
      {properties.map(([name, value]) => (
        <div key={`property.${name}`}>
          <dt class="muted">
            <VisibleText text={name} />
          </dt>
          <dd class="break">
            <a href={drillDown(requests, url, { [`property.${name}`]: value })}>
              <VisibleText text={value || "empty"} />
            </a>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function FeedbackList({ feedback, zone }: { feedback: readonly Feedback[]; zone: Zone }) {
  return (
    <ul role="list" class="feedback">
      {feedback.map(({ at, name, value, comment, source }, index) => (
        <li key={index}>
          <strong>
            <VisibleText text={name} />
          </strong>{" "}
          <VisibleText text={value} />
          {comment && (
            <p class="break">
              <VisibleText text={comment} />
            </p>
          )}
          <p class="small muted">{`${source}, ${formatInstant(at, zone)}`}</p>
        </li>
      ))}
    </ul>
  );
}

/** The figures of a call in one line, e.g. above its conversation. */
export function CallLine({ event }: { event: EventRow }) {
  return (
    <span class="num">
      {formatDuration(event.latency_ms)}
      {event.ttft_ms !== null && `, first token ${formatDuration(event.ttft_ms)}`}
    </span>
  );
}
