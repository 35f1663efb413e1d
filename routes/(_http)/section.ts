/**
 * A section of the settings, for the page that shows it.
 *
 * @module
 */
import type { Context } from "fresh";
import { read } from "@/components/data/read.ts";
import type { Kept } from "@/components/settings/types.ts";
import { must, ownApi } from "./own_api.ts";
import type { State } from "./state.ts";

type SectionName = "routing" | "cache" | "limits" | "providers" | "retention";

export async function readSection(
  ctx: Context<State>,
  project: string,
  section: SectionName,
): Promise<Kept> {
  const { signal } = ctx.req;
  return must(
    await read<Kept>(() =>
      ownApi(ctx).v1.projects[":id"].settings[":section"].$get({
        param: { id: project, section },
      }, { init: { signal } }), { signal }),
  );
}
