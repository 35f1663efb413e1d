/**
 * The overview: whether everything stands, what the calls cost, and how they came in.
 *
 * @module
 */
import { HttpError, page } from "fresh";
import { Head } from "fresh/runtime";
import { readPeriod } from "@/components/overview_data.ts";
import { sameView } from "@/components/page_url.ts";
import { RangeLinks } from "@/components/range_links.tsx";
import { Shell } from "@/components/shell.tsx";
import { Overview } from "@/islands/overview.tsx";
import { define } from "../(_http)/state.ts";
import { loadFigures } from "./(_overview)/load.ts";

export const handler = define.handlers({
  async GET(ctx) {
    const { services } = ctx.state;
    const asked = ctx.url.searchParams.get("project");
    const projects = await services.projects.list();
    const project = asked ? projects.find(({ id }) => id === asked) : projects[0];
    if (!project) throw new HttpError(404);
    const period = readPeriod(ctx.url.searchParams.get("range"));
    const now = services.now();
    const query = { project: project.id, period, now, signal: ctx.req.signal };
    const [figures, readiness] = await Promise.all([
      loadFigures(services.analytics, query),
      services.readiness(project.id),
    ]);
    const readAt = new Date(now).toISOString();
    return page({ projects, project, period, start: { figures, readiness, readAt } });
  },
});

export default define.page<typeof handler>(({ data, url, state }) => {
  const { projects, project, period, start } = data;
  const live = url.searchParams.get("live") !== "off";
  const wider = period === "30d" ? null : sameView(url, { range: "30d" });
  return (
    <>
      <Head>
        <title>Overview · WatchLLM</title>
      </Head>
      <Shell
        url={url}
        theme={state.theme}
        projects={projects}
        project={project}
        version={state.services.version}
      >
        <header class="page-head">
          <h1>Overview</h1>
          <RangeLinks url={url} period={period} live={live} />
        </header>
        <Overview
          start={start}
          view={{ project: project.id, period }}
          live={live}
          origin={url.origin}
          wider={wider}
        />
      </Shell>
    </>
  );
});
