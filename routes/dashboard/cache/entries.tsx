/**
 * The stored answers, page by page. They are in the key-value store: ClickHouse is not needed.
 *
 * @module
 */
import { HttpError, page } from "fresh";
import { CacheTabs } from "@/components/cache/tabs.tsx";
import type { EntryPage } from "@/components/cache/types.ts";
import { read } from "@/components/data/read.ts";
import { sameView } from "@/components/page_url.ts";
import { HiddenParams } from "@/components/shell/top_bar.tsx";
import { CacheEntries } from "@/islands/cache_entries.tsx";
import { openFrame } from "../../(_http)/frame.ts";
import { ownApi, shownOrAway } from "../../(_http)/own_api.ts";
import { define } from "../../(_http)/state.ts";
import { DashboardPage } from "../(_frame)/page.tsx";

export const handler = define.handlers({
  async GET(ctx) {
    const frame = await openFrame(ctx);
    const { signal } = ctx.req;
    const q = ctx.url.searchParams.get("search")?.trim().slice(0, 256) ?? "";
    const cursor = ctx.url.searchParams.get("cursor");
    const start = shownOrAway(
      await read<EntryPage>(() =>
        ownApi(ctx).v1.cache.entries.$get({
          query: {
            project_id: frame.project.id,
            limit: "50",
            ...(q !== "" && { q }),
            ...(cursor !== null && { cursor }),
          },
        }, { init: { signal } }), { signal }),
    );
    if (!start) throw new HttpError(503);
    return page({ frame, start, q, now: ctx.state.services.now() });
  },
});

export default define.page<typeof handler>(({ data: { frame, start, q, now } }) => {
  const { url, project } = frame;
  const next = start.next_cursor === null
    ? null
    : sameView(url, { cursor: start.next_cursor, search: q === "" ? null : q });
  return (
    <DashboardPage frame={frame} title="Cache" controls={[]}>
      <CacheTabs url={url} />
      <form method="get" class="inline-form" role="search">
        <HiddenParams url={url} without={["search", "cursor"]} />
        <label class="grow">
          <span class="small muted">Question, model, provider, or the id of an answer</span>
          <input class="field" type="search" name="search" maxlength={256} value={q} />
        </label>
        <button type="submit" class="button">Search</button>
      </form>
      <CacheEntries
        key={url.href}
        project={project.id}
        url={url}
        start={start}
        now={now}
        next={next}
        searched={q !== ""}
      />
    </DashboardPage>
  );
});
