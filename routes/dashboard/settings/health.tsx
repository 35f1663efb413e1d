/**
 * How the installation does: the log, its consumers, and events that could not be projected.
 *
 * @module
 */
import { page } from "fresh";
import { Health, loadHealth } from "@/islands/settings_health.tsx";
import { openFrame } from "../../(_http)/frame.ts";
import { must, ownApi } from "../../(_http)/own_api.ts";
import { define } from "../../(_http)/state.ts";
import { SettingsPage } from "../(_frame)/settings_page.tsx";

export const handler = define.handlers({
  async GET(ctx) {
    const frame = await openFrame(ctx);
    const start = must(await loadHealth(ownApi(ctx), ctx.req.signal));
    return page({ frame, start, readAt: new Date(ctx.state.services.now()).toISOString() });
  },
});

export default define.page<typeof handler>(({ data: { frame, start, readAt } }) => (
  <SettingsPage
    frame={frame}
    title="Health"
    lead="Every call is in the log before anything else happens to it. Consumers bring it to ClickHouse; what waits is not lost."
  >
    <Health start={start} readAt={readAt} />
  </SettingsPage>
));
