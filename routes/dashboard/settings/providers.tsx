/**
 * Providers: the keys that are kept for them, and those that the project registers itself.
 *
 * @module
 */
import { page } from "fresh";
import { providers } from "@/core/gateway/providers/table.ts";
import type { ProviderChoice, ProviderKeyList } from "@/components/settings/types.ts";
import { Providers } from "@/islands/settings_providers.tsx";
import { openFrame } from "../../(_http)/frame.ts";
import { readOfProject, readSection } from "../../(_http)/section.ts";
import { define } from "../../(_http)/state.ts";
import { SettingsPage } from "../(_frame)/settings_page.tsx";

export const handler = define.handlers({
  async GET(ctx) {
    const frame = await openFrame(ctx);
    const { id } = frame.project;
    const start = await readOfProject<ProviderKeyList>(
      ctx,
      id,
      (routes, param) => routes["provider-keys"].$get({ param }),
    );
    const kept = await readSection(ctx, id, "providers");
    return page({ frame, start, kept, now: ctx.state.services.now() });
  },
});

function known(): ProviderChoice[] {
  return [...providers.values()].filter(({ keyless }) => !keyless).map(
    ({ name, title, credentials }) => ({ name, title, kinds: credentials ?? ["api_key"] }),
  );
}

export default define.page<typeof handler>(({ data: { frame, start, kept, now } }) => (
  <SettingsPage
    frame={frame}
    title="Providers"
    lead={
      <>
        Keys that calls are sent with, and addresses of your own.{" "}
        <a href="/docs/gateway">How calls name a provider</a>
      </>
    }
  >
    <Providers
      project={frame.project.id}
      start={start}
      kept={kept}
      known={known()}
      now={now}
    />
  </SettingsPage>
));
