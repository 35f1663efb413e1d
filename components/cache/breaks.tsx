/**
 * What breaks hits: fields and parts of requests that differ from call to call, by the hits they cost,
 * and why calls were no hit at all.
 *
 * @module
 */
import { ConfirmButton } from "../confirm.tsx";
import type { Answer } from "../data/read.ts";
import { countOf, exactCount, formatCount, formatRate } from "../format.ts";
import { drillDown, otherPage } from "../page_url.ts";
import { ShareBar } from "../share_bar.tsx";
import { VisibleText } from "../visible_text.tsx";
import { isPartOfQuestion, reasonRemedy, reasonWords } from "./reasons.ts";
import type { CacheRange, KeptSettings } from "./types.ts";

interface HitBreakersProps {
  readonly range: CacheRange;
  readonly ignored: readonly string[];
  /** Adds a path to the ignored ones. */
  readonly ignore: (path: string) => Promise<Answer<KeptSettings>>;
  /** After one was added. */
  readonly then: () => void;
}

export function HitBreakers({ range: { paths, components }, ...ignoring }: HitBreakersProps) {
  const nothing = paths.rows.length === 0 && components.rows.length === 0;
  return (
    <section class="card flush" aria-labelledby="breaks-title">
      <header class="card-head">
        <h2 id="breaks-title">What breaks hits</h2>
        <span class="small muted num">{countOf(paths.misses, "miss", "misses")}</span>
      </header>
      {components.looked_at < components.misses && components.rows.length > 0 && (
        <p class="small muted pad">
          Parts as a whole: of the latest {countOf(components.looked_at, "miss", "misses")}.
        </p>
      )}
      {nothing
        ? (
          <p class="muted pad">
            {paths.misses === 0
              ? "No misses in this range."
              : "No single field: the misses were different questions."}
          </p>
        )
        : (
          <div class="scroll" role="region" aria-label="What breaks hits" tabindex={0}>
            <table class="rows compact spend-rows">
              <thead>
                <tr>
                  <th scope="col">Differs in</th>
                  <th scope="col" class="right">Misses</th>
                  <th scope="col" class="right" title="The hit rate if it had not differed">
                    Hits without it
                  </th>
                  <th scope="col">
                    <span class="sr">Action</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {paths.rows.map((row) => <Field key={row.name} row={row} {...ignoring} />)}
                {components.rows.map((row) => (
                  <tr key={`component:${row.name}`}>
                    <Name row={row} beside="as a whole" />
                    <Figures row={row} />
                    <td />
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
    </section>
  );
}

type Row = CacheRange["paths"]["rows"][number];

function Field({ row, ignored, ignore, then }: Omit<HitBreakersProps, "range"> & { row: Row }) {
  const path = generalPath(row.name);
  return (
    <tr>
      <Name row={row} beside="field" />
      <Figures row={row} />
      <td class="right">
        {ignored.includes(path)
          ? <span class="small muted">ignored</span>
          : isPartOfQuestion(row.name)
          ? <span class="small muted">the question</span>
          : (
            <ConfirmButton
              label={
                <>
                  Ignore<span class="sr">{` this field`}</span>
                </>
              }
              title={`Ignore ${path}?`}
              action="Ignore it"
              ask={() => ignore(path)}
              then={then}
            >
              <p>
                Requests that differ in <code>{path}</code>{" "}
                alone will be given the same stored answer. Do this only if the answer does not
                depend on it. You can take it back in Settings, Cache.
              </p>
            </ConfirmButton>
          )}
      </td>
    </tr>
  );
}

function Name({ row, beside }: { row: Row; beside: string }) {
  return (
    <th scope="row">
      <span class="name-box">
        <ShareBar part={row.share} whole={1} />
        <span class="name-cell">
          <code class="ellipsis">
            <VisibleText text={row.name} />
          </code>
          <span class="muted small">{beside}</span>
        </span>
      </span>
    </th>
  );
}

function Figures({ row }: { row: Row }) {
  return (
    <>
      <td class="right num" title={`${exactCount(row.misses)} misses, ${formatRate(row.share)}`}>
        {formatCount(row.misses)}
      </td>
      <td class="right num">{formatRate(row.hit_rate_without)}</td>
    </>
  );
}

/** A place in a list holds for all of the list. */
function generalPath(path: string): string {
  return path.replace(/\[\d+\]/g, "[*]");
}

export function NoHitReasons({ range: { stats }, url }: { range: CacheRange; url: URL }) {
  const none = stats.requests - stats.hits.total;
  const rows = stats.reasons.filter(({ cache }) => !cache.startsWith("HIT"));
  const told = rows.reduce((sum, { requests }) => sum + requests, 0);
  return (
    <section class="card flush" aria-labelledby="reasons-title">
      <header class="card-head">
        <h2 id="reasons-title">Why calls were no hit</h2>
        <span class="small muted num">{countOf(none, "call")}</span>
      </header>
      {none === 0
        ? <p class="muted pad">Every call was answered from the cache.</p>
        : (
          <table class="rows compact fixed">
            <thead>
              <tr>
                <th scope="col">Reason</th>
                <th scope="col" class="right">Calls</th>
              </tr>
            </thead>
            <tbody>
              {rows.map(({ cache, reason, requests }) => (
                <tr key={cache + reason}>
                  <th scope="row">
                    <span class="name-box">
                      <ShareBar part={requests} whole={none} />
                      <span class="name-cell">
                        <span class="ellipsis" title={reasonWords(reason)}>
                          {reasonWords(reason)}
                        </span>
                        {reasonRemedy(reason) && (
                          <a class="small" href={otherPage("/dashboard/settings/cache", url)}>
                            change it
                          </a>
                        )}
                      </span>
                    </span>
                  </th>
                  <td class="right num" title={exactCount(requests)}>
                    <a class="plain" href={drillDown("/dashboard/requests", url, { cache })}>
                      {formatCount(requests)}
                    </a>
                  </td>
                </tr>
              ))}
              {none > told && (
                <tr>
                  <th scope="row" class="muted ellipsis">Recorded without a reason</th>
                  <td class="right num" title={exactCount(none - told)}>
                    {formatCount(none - told)}
                  </td>
                </tr>
              )}
            </tbody>
          </table>
        )}
    </section>
  );
}
