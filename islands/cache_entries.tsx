/**
 * The stored answers: what each was asked and costs, and taking one or many of them away.
 *
 * @module
 */
import { hc } from "hono/client";
import { useState } from "preact/hooks";
import { EntryRow } from "@/components/cache/entry_row.tsx";
import type { CacheEntry, EntryPage } from "@/components/cache/types.ts";
import { ConfirmButton } from "@/components/confirm.tsx";
import { countOf, shortenId } from "@/components/format.ts";
import { actions, TableCard } from "@/components/table_card.tsx";
import { useZone } from "@/components/use_zone.ts";
import { VisibleText } from "@/components/visible_text.tsx";
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

const { invalidate } = hc<ApiType>("/").v1.cache;

interface Removed {
  readonly removed: number;
}

/** What is removed: one answer, all of a model, or all. */
type Choice = { readonly entry: string } | { readonly model: string } | { readonly all: true };

const columns = [
  "Question",
  "Model",
  { label: "Cost", right: true },
  { label: "Size", right: true },
  "Stored",
  "Runs out",
  actions,
] as const;

export function CacheEntries({ project, url, start, now, next, searched }: CacheEntriesProps) {
  const [entries, setEntries] = useState(start.entries);
  const [told, setTold] = useState(
    start.entries.length > 0 ? "Newest first. They run out by themselves." : "",
  );
  const zone = useZone();
  const models = [...new Set(entries.map(({ model }) => model))].sort().slice(0, 4);

  const removal = (choice: Choice, gone: (entry: CacheEntry) => boolean) => ({
    ask: () => invalidate.$post({ query: { project_id: project }, json: choice }),
    then({ removed }: Removed) {
      setEntries((before) => before.filter((entry) => !gone(entry)));
      setTold(`${countOf(removed, "answer")} removed.`);
    },
  });

  return (
    <div class="settings">
      <p class="small muted told" role="status">{told}</p>
      {entries.length === 0
        ? <NoEntries searched={searched} />
        : (
          <TableCard title="Stored answers" columns={columns} empty={null}>
            {entries.map((entry) => (
              <EntryRow
                key={entry.entry_id + entry.key}
                entry={entry}
                url={url}
                zone={zone}
                now={now}
              >
                <ConfirmButton<Removed>
                  label="Remove"
                  title="Remove this answer?"
                  action="Remove"
                  {...removal({ entry: entry.key }, ({ key }) => key === entry.key)}
                >
                  <p>
                    The next call that asks{" "}
                    <strong>
                      <VisibleText text={entry.question.slice(0, 120) || "this"} />
                    </strong>{" "}
                    of {entry.model} goes to the provider.
                  </p>
                </ConfirmButton>
              </EntryRow>
            ))}
          </TableCard>
        )}
      <div class="section-head">
        {entries.length > 0 && (
          <div class="row-actions wrapping">
            {models.map((model) => (
              <ConfirmButton<Removed>
                key={model}
                label={`Remove all of ${shortenId(model, 28)}`}
                title={`Remove every stored answer of ${model}?`}
                action="Remove them"
                {...removal({ model }, (entry) => entry.model === model)}
              >
                <p>
                  On this page and beyond it. Calls go to the provider until answers are stored
                  anew.
                </p>
              </ConfirmButton>
            ))}
            <ConfirmButton<Removed>
              label="Empty the cache"
              danger
              title="Remove every stored answer?"
              action="Empty the cache"
              typed="empty"
              {...removal({ all: true }, () => true)}
            >
              <p>All models and namespaces of this project. This cannot be undone.</p>
            </ConfirmButton>
          </div>
        )}
        {next && <a class="button small-button" href={next}>Older</a>}
      </div>
    </div>
  );
}

function NoEntries({ searched }: { searched: boolean }) {
  return (
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
  );
}
