/**
 * A page that is a list: chips, the list or why it is empty, and its pages.
 *
 * @module
 */
import type { Frame } from "@/components/shell/frame.ts";
import { EmptyRange } from "@/components/empty_range.tsx";
import { FilterChips } from "@/components/filter_chips.tsx";
import { sameView } from "@/components/page_url.ts";
import { ActivityList, type ActivityRows } from "@/islands/activity_list.tsx";
import { DashboardPage } from "./page.tsx";

interface ListPageProps {
  readonly frame: Frame;
  readonly title: string;
  /** Null while ClickHouse is away. */
  readonly list: ActivityRows | null;
  readonly nextCursor: string | null;
  readonly readAt: string;
  /** How such a thing comes about, in a sentence. */
  readonly how: string;
}

export function ListPage({ frame, title, list, nextCursor, readAt, how }: ListPageProps) {
  const { url, view } = frame;
  return (
    <DashboardPage frame={frame} title={title} controls={["range"]}>
      <FilterChips url={url} />
      {list === null
        ? <Away here={url.pathname + url.search} />
        : list.rows.length === 0
        ? <EmptyRange of={list.of} how={how} view={view} url={url} />
        : <ActivityList list={list} readAt={readAt} url={url} />}
      <div class="pager">
        {url.searchParams.has("cursor") && <a class="button" href={sameView(url, {})}>Latest</a>}
        {nextCursor && (
          <a class="button" href={sameView(url, { cursor: nextCursor })}>
            Show older
          </a>
        )}
      </div>
    </DashboardPage>
  );
}

/** Stands where figures would, while ClickHouse cannot be read. */
export function Away({ here }: { here: string }) {
  return (
    <div class="empty card">
      <p>
        <strong>This cannot be read right now.</strong>
      </p>
      <p class="muted">
        Calls go on through the gateway and are kept in the log. What is here comes back as soon as
        ClickHouse answers.
      </p>
      <p>
        <a class="button" href={here}>Try now</a>
      </p>
    </div>
  );
}
