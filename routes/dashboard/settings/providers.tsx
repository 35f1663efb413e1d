/**
 * Providers: the keys that are kept for them, and those that the project registers itself.
 *
 * @module
 */
import { page } from "fresh";
import { providers } from "@/core/gateway/providers/table.ts";
import { read } from "@/components/data/read.ts";
import type { ProviderChoice, ProviderKeyList } from "@/components/settings/types.ts";
import { ProviderKeys } from "@/islands/settings_provider_keys.tsx";
import { SectionEditor } from "@/islands/settings_section.tsx";
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
      await read<ProviderKeyList>(
        () => ownApi(ctx).v1.projects[":id"]["provider-keys"].$get({ param }),
        { signal },
      ),
    );
    const own = await readSection(ctx, frame.project.id, "providers");
    const choices = [...known(), ...registered(own.settings.custom)];
    return page({ frame, start, own, choices, now: ctx.state.services.now() });
  },
});

function known(): ProviderChoice[] {
  return [...providers.values()].filter(({ keyless }) => !keyless).map(
    ({ name, title, credentials }) => ({ name, title, kinds: credentials ?? ["api_key"] }),
  );
}

function registered(custom: unknown): ProviderChoice[] {
  const all: unknown[] = Array.isArray(custom) ? custom : [];
  return all.flatMap((one) => {
    const name: unknown = typeof one === "object" && one !== null ? Reflect.get(one, "name") : null;
    return typeof name === "string" ? [{ name, title: name, kinds: ["api_key" as const] }] : [];
  });
}

export default define.page<typeof handler>(({ data: { frame, start, own, choices, now } }) => (
  <SettingsPage
    frame={frame}
    title="Providers"
    lead="Keys that calls are sent with, and addresses of your own: any URL that speaks OpenAI's, Anthropic's or Gemini's dialect can be a provider."
  >
    <ProviderKeys project={frame.project.id} start={start} choices={choices} now={now} />
    <SectionEditor
      project={frame.project.id}
      section="providers"
      title="Custom providers and names of deployments"
      start={own}
      rows={10}
    />
    <p class="small muted">
      {'A provider of your own is {"name": "local", "base_url": "https://host/v1", "format": "openai"} in custom. Its key, if it needs one, is kept above once it is saved. '}
      <a href="/docs/gateway">More in the docs</a>
    </p>
  </SettingsPage>
));
