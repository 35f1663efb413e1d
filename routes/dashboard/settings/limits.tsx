/**
 * Limits and budgets.
 *
 * @module
 */
import { page } from "fresh";
import { read } from "@/components/data/read.ts";
import type { LimitUses } from "@/components/settings/types.ts";
import { Limits } from "@/islands/settings_limits.tsx";
import { openFrame } from "../../(_http)/frame.ts";
import { must, ownApi } from "../../(_http)/own_api.ts";
import { readSection } from "../../(_http)/section.ts";
import { define } from "../../(_http)/state.ts";
import { SettingsPage } from "../(_frame)/settings_page.tsx";

export const handler = define.handlers({
  async GET(ctx) {
    const frame = await openFrame(ctx);
    const param = { id: frame.project.id };
    const { signal } = ctx.req;
    const start = must(
      await read<LimitUses>(() => ownApi(ctx).v1.projects[":id"].limits.$get({ param }), {
        signal,
      }),
    );
    return page({ frame, start, kept: await readSection(ctx, frame.project.id, "limits") });
  },
});

export default define.page<typeof handler>(({ data: { frame, start, kept } }) => (
  <SettingsPage
    frame={frame}
    title="Limits and budgets"
    lead="How much may be spent or called in a window, by everyone together or each alone. What is under way is set aside, so that a budget is not passed by many calls at once."
  >
    <Limits project={frame.project.id} start={start} kept={kept} />
  </SettingsPage>
));
