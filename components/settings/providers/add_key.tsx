/**
 * The form that keeps a further key for a provider.
 *
 * @module
 */
import { useState } from "preact/hooks";
import type { Answer } from "../../data/read.ts";
import { Choice, Field, textOf } from "../../form/field.tsx";
import { FormFoot } from "../../form/form_foot.tsx";
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
    <section class="card" aria-labelledby="add-key-title">
      <header class="card-head">
        <h2 id="add-key-title">Add a provider key</h2>
      </header>
      <form class="form-grid padded" onSubmit={form.onSubmit}>
        <Choice
          name="provider"
          label="Provider"
          value={provider}
          options={choices.map(({ name, title }) => [name, title])}
          onPick={setProvider}
          problem={form.problem("provider")}
        />
        {kinds.length > 1 && (
          <Choice
            name="kind"
            label="Kind"
            value={kind}
            options={kinds.map((each) => [each, kindWords[each]])}
            // Only kinds are offered.
            onPick={(value) => setKind(value as Kind)}
            problem={form.problem("credential.kind")}
          />
        )}
        <CredentialFields kind={kind} problem={form.problem} />
        <Field name="name" label="Name, for people" placeholder="team budget" />
        <Field
          name="priority"
          label="Priority, lower is first"
          type="number"
          value="0"
          problem={form.problem("priority")}
        />
        <FormFoot action="Keep this key" form={form} />
      </form>
    </section>
  );
}
