/**
 * Views that a project has named: an address of a page, to come back to. They are conveniences of the
 * dashboard and not history, so they live in KV alone.
 *
 * Owns `["saved_view", <project>]`: one value with all views of a project, so that a change is one
 * compare-and-set.
 *
 * @module
 */
import { z } from "zod";
import { AppError } from "../error.ts";
import type { KvPort } from "../log/kv.ts";

export const savedViewSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** A path of the dashboard with its query. */
  path: z.string(),
  created_at: z.iso.datetime({ precision: 3 }),
});
export type SavedView = z.infer<typeof savedViewSchema>;

export const newViewSchema = z.strictObject({
  name: z.string().trim().min(1, "must not be empty").max(80, "must have at most 80 characters"),
  path: z.string().max(2_000).regex(
    /^\/dashboard(\/[a-z/]*)?(\?[!"$-~]*)?$/,
    "must be a path of the dashboard, e.g. /dashboard/requests?status=error",
  ),
});
export type NewView = z.infer<typeof newViewSchema>;

/** More than this are no help to anybody, and the value stays below KV's limit. */
export const mostViews = 25;

export interface SavedViews {
  /** By name. */
  list(project: string): Promise<readonly SavedView[]>;
  /**
   * Saves a view; one of the same name and page is replaced.
   *
   * @throws {AppError} `bad_request` when there are `mostViews` already
   */
  save(project: string, view: NewView): Promise<SavedView>;
  /** False when there was none. */
  remove(project: string, id: string): Promise<boolean>;
}

export interface SavedViewsDeps {
  readonly kv: KvPort;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly newId: () => string;
}

const stored = z.array(savedViewSchema);

export function createSavedViews({ kv, now, newId }: SavedViewsDeps): SavedViews {
  const place = (project: string) => ["saved_view", project];

  /** Changes the list until nobody was in between. */
  async function change<T>(
    project: string,
    edit: (views: readonly SavedView[]) => { readonly views: readonly SavedView[]; result: T },
  ): Promise<T> {
    for (;;) {
      const entry = await kv.get(place(project));
      const { views, result } = edit(stored.parse(entry.value ?? []));
      const done = await kv.atomic().check(entry).set(place(project), views).commit();
      if (done.ok) return result;
    }
  }

  return {
    async list(project) {
      const { value } = await kv.get(place(project));
      return stored.parse(value ?? []);
    },
    save: (project, { name, path }) =>
      change(project, (views) => {
        const page = pageOf(path);
        const others = views.filter((view) => view.name !== name || pageOf(view.path) !== page);
        if (others.length >= mostViews) {
          throw new AppError("bad_request", {
            fields: [{ field: "name", expected: `at most ${mostViews} views: remove one first` }],
          });
        }
        const result = { id: newId(), name, path, created_at: new Date(now()).toISOString() };
        const next = [...others, result].sort((a, b) => a.name < b.name ? -1 : 1);
        return { views: next, result };
      }),
    remove: (project, id) =>
      change(project, (views) => {
        const rest = views.filter((view) => view.id !== id);
        return { views: rest, result: rest.length < views.length };
      }),
  };
}

function pageOf(path: string): string {
  return path.split("?")[0] ?? path;
}
