/**
 * What the cache may do in this project.
 *
 * @module
 */
import { page } from "fresh";
import { otherPage } from "@/components/page_url.ts";
import { CacheSettingsForm } from "@/islands/settings_cache.tsx";
import { openFrame } from "../../(_http)/frame.ts";
import { readSection } from "../../(_http)/section.ts";
import { define } from "../../(_http)/state.ts";
import { SettingsPage } from "../(_frame)/settings_page.tsx";

export const handler = define.handlers({
  async GET(ctx) {
    const frame = await openFrame(ctx);
    return page({ frame, start: await readSection(ctx, frame.project.id, "cache") });
  },
});

export default define.page<typeof handler>(({ data: { frame, start } }) => (
  <SettingsPage
    frame={frame}
    title="Cache settings"
    lead={
      <>
        What is answered without asking the provider again. What it did and what it holds is on the
        page <a href={otherPage("/dashboard/cache", frame.url)}>Cache</a>.
      </>
    }
  >
    <CacheSettingsForm project={frame.project.id} start={start} />
  </SettingsPage>
));
