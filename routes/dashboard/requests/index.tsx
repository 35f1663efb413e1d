/**
 * The requests: every call of the range that the filters let through, page by page.
 *
 * @module
 */
import { type Context, page } from "fresh";
import { filterFields, filtersOf, querySchema } from "@/core/analytics/filters.ts";
import { readFilterText, writeFilterText } from "@/core/analytics/filter_text.ts";
import { openRangeOf } from "@/core/analytics/range.ts";
import { AppError } from "@/core/error.ts";
import { FilterChips } from "@/components/filter_chips.tsx";
import { withKeyIds, withKeyNames } from "@/components/key_names.ts";
import { filterQuery, isFilterName, sameView } from "@/components/page_url.ts";
import { readColumns } from "@/components/requests/columns.ts";
import { columnsCookie } from "@/components/requests/columns.ts";
import { ColumnsMenu } from "@/components/requests/columns_menu.tsx";
import { FilterField } from "@/components/requests/filter_field.tsx";
import type { Frame } from "@/components/shell/frame.ts";
import { rangeQuery } from "@/components/view.ts";
import { ExportMenu } from "@/islands/export_menu.tsx";
import { Requests } from "@/islands/requests.tsx";
import { SavedViews } from "@/islands/saved_views.tsx";
import { cookieOf, openFrame, unlessAway } from "../../(_http)/frame.ts";
import { keyNamesOf } from "../../(_http)/key_names.ts";
import { define, type State } from "../../(_http)/state.ts";
import { DashboardPage } from "../(_frame)/page.tsx";

const pageSize = 50;
const checkedFilters = querySchema(filterFields);

export const handler = define.handlers({
  async GET(ctx) {
    const typed = ctx.url.searchParams.get("filter");
    if (typed !== null) {
      const base = await opened(ctx);
      const read = readFilterText(typed.slice(0, 4_000));
      const meant = withKeyIds(read.fields, base.names);
      const canonical = withFilters(ctx.url, meant.fields);
      const valid = checkedFilters.safeParse(filterQuery(new URL(canonical, ctx.url).searchParams));
      const unread = [...read.problems, ...meant.problems];
      if (unread.length === 0 && valid.success) return ctx.redirect(canonical, 303);
      const problems = valid.success ? unread : [
        ...unread,
        ...valid.error.issues.map(({ path, message }) => ({
          part: path.map(String).join("."),
          message,
        })),
      ];
      return page({ ...base, typed, problems, start: null, refused: true });
    }
    const fields = filterQuery(ctx.url.searchParams);
    const valid = checkedFilters.safeParse(fields);
    if (!valid.success) {
      const problems = valid.error.issues.map(({ path, message }) => ({
        part: path.map(String).join("."),
        message,
      }));
      return page({ ...await opened(ctx), typed: null, problems, start: null, refused: true });
    }
    const base = await opened(ctx);
    const start = await readPage(ctx, base.frame, fields);
    return page({ ...base, typed: null, problems: [], start, refused: false });
  },
});

async function opened(ctx: Context<State>) {
  const { services } = ctx.state;
  const frame = await openFrame(ctx);
  return {
    frame,
    columns: readColumns(cookieOf(ctx.req, columnsCookie)),
    views: await services.views.list(frame.project.id),
    names: await keyNamesOf(ctx, frame.project.id),
    readAt: new Date(services.now()).toISOString(),
  };
}

async function readPage(ctx: Context<State>, frame: Frame, fields: Record<string, unknown>) {
  const { services } = ctx.state;
  const range = openRangeOf(rangeQuery(frame.view.range), services.now());
  const cursor = ctx.url.searchParams.get("cursor");
  const query = {
    ...(range.ok && { range: range.value }),
    filters: filtersOf(fields),
    limit: pageSize,
    ...(cursor && { cursor }),
  };
  try {
    return await unlessAway(
      services.analytics.logs(frame.project.id, query, { signal: ctx.req.signal }),
    );
  } catch (error) {
    // A cursor that was cut in a mail: the page begins at its beginning.
    if (!cursor || !(error instanceof AppError) || error.code !== "bad_request") throw error;
    const { cursor: _, ...first } = query;
    return await unlessAway(services.analytics.logs(frame.project.id, first));
  }
}

function withFilters(url: URL, fields: Readonly<Record<string, readonly string[]>>): string {
  const none = [...url.searchParams.keys()].filter(isFilterName).map((name) => [name, null]);
  return `/dashboard/requests${sameView(url, { ...Object.fromEntries(none), ...fields })}`;
}

export default define.page<typeof handler>(({ data }) => {
  const { frame, columns, views, names, typed, problems, start, readAt, refused } = data;
  const { url, view, project } = frame;
  const fields = filterQuery(url.searchParams);
  const lists = Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, Array.isArray(value) ? value : [value]]),
  );
  const text = typed ?? writeFilterText(withKeyNames(lists, names));
  return (
    <DashboardPage frame={frame} title="Requests" controls={["range", "live"]}>
      <div class="toolbar">
        <FilterField url={url} text={text} problems={problems} />
        <div class="toolbar-menus">
          <SavedViews project={project.id} views={views} path={url.pathname + sameView(url, {})} />
          <ExportMenu
            query={{ project_id: project.id, ...rangeQuery(view.range), ...fields }}
            total={start?.total ?? null}
          />
          <ColumnsMenu shown={columns} next={url.pathname + url.search} />
        </div>
      </div>
      <FilterChips url={url} names={names} />
      {!refused && (
        <Requests
          start={start}
          readAt={readAt}
          project={project.id}
          view={view}
          columns={columns}
          names={names}
          url={url}
        />
      )}
    </DashboardPage>
  );
});
