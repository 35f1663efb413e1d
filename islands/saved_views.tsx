/**
 * The views that the project has named: go to one, name this one, remove one.
 *
 * @module
 */
import { hc } from "hono/client";
import { useState } from "preact/hooks";
import type { SavedView } from "@/core/saved_views/saved_views.ts";
import { read } from "@/components/data/read.ts";
import { Icon } from "@/components/icon.tsx";
import type { ApiType } from "@/routes/(_api)/app.ts";

const route = hc<ApiType>("/").v1.projects[":id"].views;

interface SavedViewsProps {
  readonly project: string;
  readonly views: readonly SavedView[];
  /** This page's own path and query. */
  readonly path: string;
}

export function SavedViews({ project, views: start, path }: SavedViewsProps) {
  const [views, setViews] = useState(start);
  const [problem, setProblem] = useState<string | null>(null);
  const signal = () => AbortSignal.timeout(20_000);

  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const form = event.currentTarget;
    const name = String(new FormData(form).get("name") ?? "");
    const ask = () => route.$post({ param: { id: project }, json: { name, path } });
    const done = await read<SavedView>(ask, { signal: signal(), retries: false });
    if (!done.ok) return setProblem(done.failure.message);
    setProblem(null);
    setViews((before) => [...before.filter((view) => view.name !== name), done.value]);
    form.reset();
  };
  const remove = async (view: SavedView) => {
    const ask = () => route[":view_id"].$delete({ param: { id: project, view_id: view.id } });
    const done = await read<unknown>(ask, { signal: signal(), retries: false });
    if (!done.ok && done.failure.reason !== "missing") return setProblem(done.failure.message);
    setViews((before) => before.filter(({ id }) => id !== view.id));
  };

  return (
    <>
      <button type="button" class="control" popovertarget="views-menu">
        <Icon name="save" />
        <span class="wide-only">Views</span>
        <span class="sr">, saved views</span>
      </button>
      <div id="views-menu" class="menu anchored views-menu" popover="auto">
        {views.length === 0
          ? <p class="small muted pad-small">No saved views yet. A view is this page's filters.</p>
          : (
            <ul role="list" aria-label="Saved views">
              {views.map((view) => (
                <li key={view.id}>
                  <a href={view.path}>
                    <bdi class="ellipsis">{view.name}</bdi>
                  </a>
                  <button type="button" class="icon-button" onClick={() => remove(view)}>
                    <Icon name="trash" />
                    <span class="sr">{`Remove the view ${view.name}`}</span>
                  </button>
                </li>
              ))}
            </ul>
          )}
        <form class="save-view" onSubmit={save}>
          <label>
            <span class="small muted">Save these filters as</span>
            <input class="field" name="name" required maxlength={80} autocomplete="off" />
          </label>
          <button type="submit" class="button">Save</button>
        </form>
        {problem && <p class="small error-text pad-small" role="alert">{problem}</p>}
      </div>
    </>
  );
}
