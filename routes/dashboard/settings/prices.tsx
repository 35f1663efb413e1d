/**
 * The prices that the project has negotiated.
 *
 * @module
 */
import { page } from "fresh";
import { providers } from "@/core/gateway/providers/table.ts";
import type { Prices } from "@/components/settings/types.ts";
import { NegotiatedPrices } from "@/islands/settings_prices.tsx";
import { openFrame } from "../../(_http)/frame.ts";
import { readOfProject } from "../../(_http)/section.ts";
import { define } from "../../(_http)/state.ts";
import { SettingsPage } from "../(_frame)/settings_page.tsx";

export const handler = define.handlers({
  async GET(ctx) {
    const frame = await openFrame(ctx);
    const start = await readOfProject<Prices>(
      ctx,
      frame.project.id,
      ({ prices }, param) => prices.$get({ param }),
    );
    return page({ frame, start });
  },
});

export default define.page<typeof handler>(({ data: { frame, start } }) => (
  <SettingsPage
    frame={frame}
    title="Prices"
    lead="What you pay when it is not the list's price: a discount on everything, or dollars of your own. It holds for calls from then on."
  >
    <NegotiatedPrices
      project={frame.project.id}
      start={start}
      providers={namesOf(start)}
    />
  </SettingsPage>
));

/** The known providers, and those that have a price already. */
function namesOf({ prices }: Prices): readonly (readonly [string, string])[] {
  const titles = new Map([...providers.values()].map(({ name, title }) => [name, title]));
  for (const { provider } of prices) if (!titles.has(provider)) titles.set(provider, provider);
  return [...titles];
}
