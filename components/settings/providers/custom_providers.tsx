/**
 * Providers of one's own: listed, added, changed, removed; a key of the same name is kept on the way.
 *
 * @module
 */
import { useState } from "preact/hooks";
import { ConfirmButton } from "../../confirm.tsx";
import { type Answer, read } from "../../data/read.ts";
import { textOf } from "../../form/field.tsx";
import { FormCard } from "../../form/form_card.tsx";
import { useForm } from "../../form/use_form.ts";
import { named } from "../../named.ts";
import { actions, TableCard } from "../../table_card.tsx";
import type { Kept, ShownProviderKey } from "../types.ts";
import type { NewProviderKey } from "./credential.ts";
import { customFrom, customOf, type CustomProvider, formats } from "./custom.ts";
import { CustomFields } from "./custom_fields.tsx";

interface CustomProvidersProps {
  readonly kept: Kept;
  readonly keys: readonly ShownProviderKey[];
  /** Replaces all of them. */
  readonly put: (all: readonly CustomProvider[]) => Promise<Answer<Kept>>;
  readonly addKey: (key: NewProviderKey) => Promise<Answer<ShownProviderKey>>;
  /** After a change. */
  readonly then: (now: Kept) => Promise<void>;
  /** Reads what somebody else has changed. */
  readonly reload: () => Promise<void>;
}

const formatWords: Readonly<Record<string, string>> = Object.fromEntries(formats);

export function CustomProviders({ kept, keys, put, addKey, then, reload }: CustomProvidersProps) {
  const all = customOf(kept);
  const [edited, setEdited] = useState<string | null>(null);
  const found = all.findIndex(({ name }) => name === edited);
  const index = found === -1 ? all.length : found;
  const provider = all[index];
  const keysOf = (name: string) => keys.filter((key) => key.provider === name).length;

  const form = useForm<Kept>({
    within: `settings.custom.${index}.`,
    ask(data) {
      const made = customFrom(data);
      return "expected" in made
        ? made
        : put([...all.slice(0, index), made, ...all.slice(index + 1)]);
    },
    async then(now, element) {
      const data = new FormData(element);
      const unkept = await keepKey(textOf(data, "name"), textOf(data, "key"), addKey);
      setEdited(null);
      await then(now);
      return unkept
        ? `Saved, but not its key: ${unkept}`
        : "Saved. Every gateway knows it within five seconds.";
    },
  });
  const edit = (name: string | null) => {
    form.forget();
    setEdited(name);
  };

  return (
    <>
      <TableCard
        title="Providers of your own"
        note="any address that speaks OpenAI's, Anthropic's or Gemini's dialect"
        columns={["Name", "Address", "Speaks", "Keys", actions]}
        empty="None yet. Calls to them go by name/model, as those to others do."
      >
        {all.map((one) => (
          <tr key={one.name}>
            <th scope="row">
              <code>{one.name}</code>
            </th>
            <td class="wraps">{one.base_url}</td>
            <td>{named(formatWords, one.format) ?? one.format}</td>
            <td>{one.auth === "none" ? "needs none" : keysOf(one.name) || "none"}</td>
            <td>
              <span class="row-actions">
                <button type="button" class="button small-button" onClick={() => edit(one.name)}>
                  Change
                </button>
                <ConfirmButton
                  label="Remove"
                  danger
                  title={`Remove the provider ${one.name}?`}
                  action="Remove it"
                  ask={() => put(all.filter(({ name }) => name !== one.name))}
                  then={then}
                >
                  <p>
                    Calls to <code>{`${one.name}/…`}</code>{" "}
                    are refused within five seconds. Its keys stay in the list above until you
                    remove them.
                  </p>
                </ConfirmButton>
              </span>
            </td>
          </tr>
        ))}
      </TableCard>
      <FormCard
        title={provider ? `Change ${provider.name}` : "Add a provider of your own"}
        action={provider ? "Save" : "Add this provider"}
        begins={`${edited}/${kept.version}`}
        form={form}
        reload={() => reload().then(() => edit(null))}
        cancel={provider && (() => edit(null))}
      >
        <CustomFields
          provider={provider}
          hasKey={provider !== undefined && keysOf(provider.name) > 0}
          problem={form.problem}
        />
      </FormCard>
    </>
  );
}

/** Keeps the key that was given with a provider; what was wrong with it, if anything. */
async function keepKey(
  provider: string,
  key: string,
  add: CustomProvidersProps["addKey"],
): Promise<string | null> {
  if (key === "") return null;
  const credential = { kind: "api_key" as const, key };
  const done = await read(() => add({ provider, name: "", priority: 0, credential }), {
    signal: AbortSignal.timeout(30_000),
    retries: false,
  }).catch(() => null);
  if (done?.ok) return null;
  return done?.failure.detail ?? done?.failure.message ?? "the server did not answer in time.";
}
