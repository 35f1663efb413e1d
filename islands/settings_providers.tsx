/**
 * Providers: the keys that the project keeps for them (tried, put in order, removed; a secret goes in and
 * never comes out), those that it registers itself, and what their deployments are.
 *
 * @module
 */
import { hc } from "hono/client";
import { useReadable } from "@/components/data/use_readable.ts";
import { AddKey } from "@/components/settings/providers/add_key.tsx";
import type { NewProviderKey } from "@/components/settings/providers/credential.ts";
import { customOf } from "@/components/settings/providers/custom.ts";
import { CustomProviders } from "@/components/settings/providers/custom_providers.tsx";
import { type KeyActions, KeyRow } from "@/components/settings/providers/key_row.tsx";
import { ModelNames } from "@/components/settings/providers/model_names.tsx";
import type { Kept, ProviderChoice, ProviderKeyList } from "@/components/settings/types.ts";
import { actions, TableCard } from "@/components/table_card.tsx";
import type { ApiType } from "@/routes/(_api)/app.ts";

interface ProvidersProps {
  readonly project: string;
  readonly start: ProviderKeyList;
  readonly kept: Kept;
  /** Those that everybody has and that take a key. */
  readonly known: readonly ProviderChoice[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

const { settings: { [":section"]: section }, "provider-keys": route } =
  hc<ApiType>("/").v1.projects[":id"];

export function Providers({ project, start, kept: startKept, known, now }: ProvidersProps) {
  const param = { id: project };
  const sectionParam = { ...param, section: "providers" };
  const keys = useReadable<ProviderKeyList>(start, () => route.$get({ param }));
  const kept = useReadable<Kept>(startKept, () => section.$get({ param: sectionParam }));
  const { settings, version } = kept.value;
  const own = customOf(kept.value).filter(({ auth }) => auth !== "none");
  const choices: readonly ProviderChoice[] = [
    ...known,
    ...own.map(({ name }) => ({ name, title: name, kinds: ["api_key" as const] })),
  ];
  const titles = new Map(choices.map(({ name, title }) => [name, title]));

  const ofKey = (key_id: string) => ({ param: { ...param, key_id } });
  const can: KeyActions = {
    test: (id) => route[":key_id"].test.$post(ofKey(id)),
    change: (id, json) => route[":key_id"].$patch({ ...ofKey(id), json }),
    remove: (id) => route[":key_id"].$delete(ofKey(id)),
    then: keys.again,
  };
  const addKey = (json: NewProviderKey) => route.$post({ param, json });
  const put = (change: Record<string, unknown>) =>
    section.$put({
      param: sectionParam,
      json: { settings: { ...settings, ...change }, replaces: version },
    });
  const take = async (changed: Kept) => {
    kept.set(changed);
    await keys.again();
  };

  return (
    <div class="settings">
      <TableCard
        title="Provider keys"
        note="encrypted; used by calls that bring none of their own"
        columns={["Provider", "Key", "State", "Priority", "Last used", actions]}
        empty={
          <>
            None yet. Add one below, or set a variable such as <code>OPENAI_API_KEY</code>.
          </>
        }
      >
        {keys.value.provider_keys.map((key) => (
          <KeyRow
            key={key.key_id}
            shown={key}
            title={titles.get(key.provider) ?? key.provider}
            now={now}
            can={can}
          />
        ))}
      </TableCard>
      <AddKey choices={choices} ask={addKey} then={keys.again} />
      <CustomProviders
        kept={kept.value}
        keys={keys.value.provider_keys}
        put={(custom) => put({ custom })}
        addKey={addKey}
        then={take}
        reload={kept.again}
      />
      <ModelNames
        kept={kept.value}
        put={(model_names) => put({ model_names })}
        then={take}
        reload={kept.again}
      />
    </div>
  );
}
