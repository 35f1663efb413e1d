/**
 * The stored answers: what each was asked and costs, and taking one or many of them away.
 *
 * @module
 */
import { hc } from "hono/client";
import { useEffect, useState } from "preact/hooks";
import type { CacheEntry, EntryPage } from "@/components/cache/types.ts";
import { ConfirmButton } from "@/components/confirm.tsx";
import { useAction } from "@/components/data/use_action.ts";
import { countOf, formatAgo, formatBytes, formatDuration, shortenId } from "@/components/format.ts";
import { exactUsd, formatUsd } from "@/components/money.ts";
import { otherPage } from "@/components/page_url.ts";
import { providerName } from "@/components/readiness.ts";
import { VisibleText } from "@/components/visible_text.tsx";
import { formatInstant, viewerZone } from "@/components/zone.ts";
import type { ApiType } from "@/routes/(_api)/app.ts";

interface CacheEntriesProps {
  readonly project: string;
  readonly url: URL;
  readonly start: EntryPage;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Where the next page is; null on the last one. */
  readonly next: string | null;
  readonly searched: boolean;
}

export function CacheEntries({ project, url, start, now, next, searched }: CacheEntriesProps) {
  const [entries, setEntries] = useState(start.entries);
  const [removed, setRemoved] = useState<string | null>(null);
  const [zone, setZone] = useState("UTC");
  useEffect(() => setZone(viewerZone()), []);
  const action = useAction();

  const invalidate = async (
    body: { entry: string } | { model: string } | { all: true },
    gone: (entry: CacheEntry) => boolean,
  ) => {
    const done = await action.run<{ removed: number }>(() =>
      hc<ApiType>("/").v1.cache.invalidate.$post({
        query: { project_id: project },
        json: body,
      })
    );
    if (!done.ok) return false;
    setEntries((before) => before.filter((entry) => !gone(entry)));
    setRemoved(`${countOf(done.value.removed, "answer")} removed.`);
    return true;
  };
  const problem = action.failure?.message ?? null;
  const models = [...new Set(entries.map(({ model }) => model))].sort();

  return (
    <div class="settings">
      <p class="small muted" role="status">
        {removed ?? "Newest first. They run out by themselves."}
      </p>
      {entries.length === 0
        ? (
          <div class="card empty">
            <p>
              <strong>{searched ? "No stored answer fits." : "No stored answers."}</strong>
            </p>
            <p class="muted">
              {searched
                ? "Search looks in questions, models and providers."
                : "Requests with temperature 0 and embeddings are stored by themselves."}
            </p>
          </div>
        )
        : (
          <section class="card flush" aria-label="Stored answers">
            <div class="scroll" role="region" aria-label="Stored answers" tabindex={0}>
              <table class="rows">
                <thead>
                  <tr>
                    <th scope="col">Question</th>
                    <th scope="col">Model</th>
                    <th scope="col" class="right">Cost</th>
                    <th scope="col" class="right">Size</th>
                    <th scope="col">Stored</th>
                    <th scope="col">Runs out</th>
                    <th scope="col">
                      <span class="sr">Actions</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {entries.map((entry) => (
                    <tr key={entry.entry_id + entry.key}>
                      <th scope="row" class="ellipsis" title={entry.question}>
                        <VisibleText text={entry.question || "no text"} />
                      </th>
                      <td>
                        <span class="name-cell flat">
                          <VisibleText text={entry.model} />
                          <span class="muted small">{providerName(entry.provider)}</span>
                        </span>
                      </td>
                      <td
                        class="right num"
                        title={entry.cost_usd === null
                          ? "No price was known"
                          : exactUsd(entry.cost_usd)}
                      >
                        {entry.cost_usd === null
                          ? <span class="muted">no price</span>
                          : formatUsd(entry.cost_usd)}
                      </td>
                      <td class="right num">{formatBytes(entry.bytes)}</td>
                      <td class="num" title={formatInstant(entry.stored_at, zone)}>
                        {formatAgo(entry.stored_at, now)}
                      </td>
                      <td class="num" title={formatInstant(entry.expires_at, zone)}>
                        {`in ${formatDuration(Math.max(0, Date.parse(entry.expires_at) - now))}`}
                      </td>
                      <td>
                        <span class="row-actions">
                          <Explain entry={entry} url={url} />
                          <ConfirmButton
                            label="Remove"
                            title="Remove this answer?"
                            action="Remove"
                            act={() =>
                              invalidate(
                                { entry: entry.key },
                                ({ key }) => key === entry.key,
                              )}
                            problem={problem}
                          >
                            <p>
                              The next call that asks{" "}
                              <strong>
                                <VisibleText text={entry.question.slice(0, 120) || "this"} />
                              </strong>{" "}
                              of {entry.model} goes to the provider.
                            </p>
                          </ConfirmButton>
                        </span>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </section>
        )}
      <div class="section-head">
        <div class="row-actions">
          {entries.length > 0 && models.slice(0, 4).map((model) => (
            <ConfirmButton
              key={model}
              label={`Remove all of ${shortenId(model, 28)}`}
              title={`Remove every stored answer of ${model}?`}
              action="Remove them"
              act={() => invalidate({ model }, (entry) => entry.model === model)}
              problem={problem}
            >
              <p>
                On this page and beyond it. Calls go to the provider until answers are stored anew.
              </p>
            </ConfirmButton>
          ))}
          {entries.length > 0 && (
            <ConfirmButton
              label="Empty the cache"
              class="button small-button danger"
              title="Remove every stored answer?"
              action="Empty the cache"
              typed="empty"
              act={() => invalidate({ all: true }, () => true)}
              problem={problem}
            >
              <p>All models and namespaces of this project. This cannot be undone.</p>
            </ConfirmButton>
          )}
        </div>
        {next && <a class="button small-button" href={next}>Older</a>}
      </div>
    </div>
  );
}

function Explain({ entry, url }: { entry: CacheEntry; url: URL }) {
  const id = `explain-${entry.entry_id}`;
  const properties = Object.entries(entry.properties);
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
          <div>
            <dt>Bought by</dt>
            <dd>
              <a href={otherPage(`/dashboard/requests/${encodeURIComponent(entry.entry_id)}`, url)}>
                {shortenId(entry.entry_id, 20)}
              </a>
            </dd>
          </div>
          <div>
            <dt>Key</dt>
            <dd title={entry.key}>
              <code>{shortenId(entry.key, 20)}</code>
            </dd>
          </div>
          <div>
            <dt>Operation</dt>
            <dd>{entry.endpoint}</dd>
          </div>
          <div>
            <dt>Namespace</dt>
            <dd>{entry.namespace || "none"}</dd>
          </div>
          <div>
            <dt>Kept as</dt>
            <dd>{entry.form === "sse" ? "a stream" : "JSON"}</dd>
          </div>
          {properties.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <VisibleText text={value} />
              </dd>
            </div>
          ))}
        </dl>
      </div>
    </>
  );
}
