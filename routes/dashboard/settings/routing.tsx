/**
 * Where calls go: retries, fallbacks, shares and conditions.
 *
 * @module
 */
import { page } from "fresh";
import { RoutingEditor } from "@/islands/settings_routing.tsx";
import { openFrame } from "../../(_http)/frame.ts";
import { readSection } from "../../(_http)/section.ts";
import { define } from "../../(_http)/state.ts";
import { SettingsPage } from "../(_frame)/settings_page.tsx";

export const handler = define.handlers({
  async GET(ctx) {
    const frame = await openFrame(ctx);
    return page({ frame, start: await readSection(ctx, frame.project.id, "routing") });
  },
});

export default define.page<typeof handler>(({ data: { frame, start } }) => (
  <SettingsPage
    frame={frame}
    title="Routing"
    lead="Where a call goes when a provider fails or is slow, in the shape of Portkey's configuration. The sentences say what the text below them does."
  >
    <RoutingEditor project={frame.project.id} start={start} />
  </SettingsPage>
));
