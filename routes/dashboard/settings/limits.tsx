/**
 * Limits and budgets.
 *
 * @module
 */
import { page } from "fresh";
import type { LimitUses } from "@/components/settings/types.ts";
import { Limits } from "@/islands/settings_limits.tsx";
import { openFrame } from "../../(_http)/frame.ts";
import { readOfProject, readSection } from "../../(_http)/section.ts";
import { define } from "../../(_http)/state.ts";
import { SettingsPage } from "../(_frame)/settings_page.tsx";

export const handler = define.handlers({
  async GET(ctx) {
    const frame = await openFrame(ctx);
    const { id } = frame.project;
    const start = await readOfProject<LimitUses>(
      ctx,
      id,
      ({ limits }, param) => limits.$get({ param }),
    );
    return page({ frame, start, kept: await readSection(ctx, id, "limits") });
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
