/**
 * A stored answer as a row: what was asked, what it cost, how long it stays, and why it is given.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { formatAgo, formatBytes, formatDuration, shortenId } from "../format.ts";
import { exactUsd, formatUsd } from "../money.ts";
import { otherPage, pathPart } from "../page_url.ts";
import { providerName } from "../readiness.ts";
import { VisibleText } from "../visible_text.tsx";
import { formatInstant, type Zone } from "../zone.ts";
import type { CacheEntry } from "./types.ts";

interface EntryRowProps {
  readonly entry: CacheEntry;
  readonly url: URL;
  readonly zone: Zone;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** What can be done with it besides. */
  readonly children: ComponentChildren;
}

export function EntryRow({ entry, url, zone, now, children }: EntryRowProps) {
  const { question, model, provider, cost_usd, bytes, stored_at, expires_at } = entry;
  return (
    <tr>
      <th scope="row" class="ellipsis" title={question}>
        <VisibleText text={question || "no text"} />
      </th>
      <td>
        <span class="name-cell flat">
          <VisibleText text={model} />
          <span class="muted small">{providerName(provider)}</span>
        </span>
      </td>
      <td class="right num" title={cost_usd === null ? "No price was known" : exactUsd(cost_usd)}>
        {cost_usd === null ? <span class="muted">no price</span> : formatUsd(cost_usd)}
      </td>
      <td class="right num">{formatBytes(bytes)}</td>
      <td class="num" title={formatInstant(stored_at, zone)}>{formatAgo(stored_at, now)}</td>
      <td class="num" title={formatInstant(expires_at, zone)}>
        {`in ${formatDuration(Math.max(0, Date.parse(expires_at) - now))}`}
      </td>
      <td>
        <span class="row-actions">
          <Explain entry={entry} url={url} />
          {children}
        </span>
      </td>
    </tr>
  );
}

function Explain({ entry, url }: { entry: CacheEntry; url: URL }) {
  const id = `explain-${entry.entry_id}`;
  const bought = otherPage(`/dashboard/requests/${pathPart(entry.entry_id)}`, url);
  return (
    <>
      <button type="button" class="button small-button" popovertarget={id}>Explain</button>
      <div id={id} popover="auto" class="dialog">
        <h2>Why this answer is given</h2>
        <p class="muted">
          A request is given this answer when everything that can change it is the same: provider,
          address, operation, model and every field of the body that is not ignored.
        </p>
        <dl class="pairs">
          <Pair name="Bought by">
            <a href={bought}>{shortenId(entry.entry_id, 20)}</a>
          </Pair>
          <Pair name="Key">
            <code title={entry.key}>{shortenId(entry.key, 20)}</code>
          </Pair>
          <Pair name="Operation">{entry.endpoint}</Pair>
          <Pair name="Namespace">{entry.namespace || "none"}</Pair>
          <Pair name="Kept as">{entry.form === "sse" ? "a stream" : "JSON"}</Pair>
          {Object.entries(entry.properties).map(([name, value]) => (
            <Pair key={name} name={name}>
              <VisibleText text={value} />
            </Pair>
          ))}
        </dl>
      </div>
    </>
  );
}

function Pair({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
