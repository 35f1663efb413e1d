/**
 * The project's keys.
 *
 * @module
 */
import { page } from "fresh";
import type { KeyList } from "@/components/settings/types.ts";
import { ProjectKeys } from "@/islands/settings_keys.tsx";
import { openFrame } from "../../(_http)/frame.ts";
import { readOfProject } from "../../(_http)/section.ts";
import { define } from "../../(_http)/state.ts";
import { SettingsPage } from "../(_frame)/settings_page.tsx";

export const handler = define.handlers({
  async GET(ctx) {
    const frame = await openFrame(ctx);
    const start = await readOfProject<KeyList>(
      ctx,
      frame.project.id,
      ({ keys }, param) => keys.$get({ param }),
    );
    return page({ frame, start, now: ctx.state.services.now() });
  },
});

export default define.page<typeof handler>(({ data: { frame, start, now } }) => (
  <SettingsPage
    frame={frame}
    title="Project keys"
    lead="Applications send one of these keys in the place of a provider's. It says which project a call belongs to."
  >
    <ProjectKeys project={frame.project.id} start={start} now={now} />
  </SettingsPage>
));
