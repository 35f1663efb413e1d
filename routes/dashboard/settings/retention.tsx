/**
 * How long calls and their bodies are kept.
 *
 * @module
 */
import { page } from "fresh";
import { read } from "@/components/data/read.ts";
import { RetentionForm } from "@/islands/settings_retention.tsx";
import type { RetentionState } from "@/components/settings/retention/types.ts";
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
    const state = must(
      await read<RetentionState>(
        () => ownApi(ctx).v1.projects[":id"].retention.$get({ param }, { init: { signal } }),
        { signal },
      ),
    );
    const start = await readSection(ctx, frame.project.id, "retention");
    return page({ frame, start, state });
  },
});

export default define.page<typeof handler>(({ data: { frame, start, state } }) => (
  <SettingsPage
    frame={frame}
    title="Retention"
    lead="How long this project keeps what it recorded. What is older goes for good; what it cost stays known."
  >
    <RetentionForm project={frame.project.id} start={start} state={state} />
  </SettingsPage>
));
