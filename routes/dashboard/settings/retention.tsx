/**
 * How long calls and their bodies are kept.
 *
 * @module
 */
import { page } from "fresh";
import { RetentionForm } from "@/islands/settings_retention.tsx";
import type { RetentionState } from "@/components/settings/retention/types.ts";
import { openFrame } from "../../(_http)/frame.ts";
import { readOfProject, readSection } from "../../(_http)/section.ts";
import { define } from "../../(_http)/state.ts";
import { SettingsPage } from "../(_frame)/settings_page.tsx";

export const handler = define.handlers({
  async GET(ctx) {
    const frame = await openFrame(ctx);
    const { id } = frame.project;
    const state = await readOfProject<RetentionState>(
      ctx,
      id,
      ({ retention }, param) => retention.$get({ param }),
    );
    const start = await readSection(ctx, id, "retention");
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
