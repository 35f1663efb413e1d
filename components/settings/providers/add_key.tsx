/**
 * The form that keeps a further key for a provider.
 *
 * @module
 */
import { useState } from "preact/hooks";
import type { Answer } from "../../data/read.ts";
import { textOf } from "../../form/field.tsx";
import { Fields } from "../../form/fields.tsx";
import { FormCard } from "../../form/form_card.tsx";
import { useForm } from "../../form/use_form.ts";
import type { ProviderChoice, ShownProviderKey } from "../types.ts";
import { credentialOf, type Kind, kindWords, type NewProviderKey } from "./credential.ts";
import { CredentialFields } from "./credential_fields.tsx";

interface AddKeyProps {
  readonly choices: readonly ProviderChoice[];
  readonly ask: (key: NewProviderKey) => Promise<Answer<ShownProviderKey>>;
  /** After it was kept. */
  readonly then: () => Promise<void>;
}

export function AddKey({ choices, ask, then }: AddKeyProps) {
  const [provider, setProvider] = useState(choices[0]?.name ?? "");
  const kinds = choices.find(({ name }) => name === provider)?.kinds ?? ["api_key"];
  const [chosen, setKind] = useState<Kind>("api_key");
  const kind = kinds.includes(chosen) ? chosen : kinds[0] ?? "api_key";
  const form = useForm<ShownProviderKey>({
    ask: (data) =>
      ask({
        provider,
        name: textOf(data, "name"),
        priority: Number(textOf(data, "priority") || 0),
        credential: credentialOf(kind, data),
      }),
    async then(_, element) {
      element.reset();
      await then();
      return "Kept. Test it in the list above.";
    },
  });
  return (
    <FormCard title="Add a provider key" action="Keep this key" form={form}>
      <Fields
        problem={form.problem}
        of={[
          {
            name: "provider",
            label: "Provider",
            value: provider,
            options: choices.map(({ name, title }) => [name, title]),
            onPick: setProvider,
          },
          kinds.length > 1 && {
            name: "kind",
            label: "Kind",
            value: kind,
            options: kinds.map((each) => [each, kindWords[each]]),
            // Only kinds are offered.
            onPick: (value) => setKind(value as Kind),
            at: "credential.kind",
          },
        ]}
      />
      <CredentialFields kind={kind} problem={form.problem} />
      <Fields
        problem={form.problem}
        of={[
          { name: "name", label: "Name, for people", placeholder: "team budget" },
          { name: "priority", label: "Priority, lower is first", type: "number", value: "0" },
        ]}
      />
    </FormCard>
  );
}
