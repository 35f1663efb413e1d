/**
 * What deployments, inference profiles and aliases are, so that they have a price and one name in all
 * figures.
 *
 * @module
 */
import { ConfirmButton } from "../../confirm.tsx";
import type { Answer } from "../../data/read.ts";
import { Field, textOf } from "../../form/field.tsx";
import { FormFoot } from "../../form/form_foot.tsx";
import { useForm } from "../../form/use_form.ts";
import { actions, TableCard } from "../../table_card.tsx";
import { VisibleText } from "../../visible_text.tsx";
import type { Kept } from "../types.ts";
import { modelNamesOf } from "./custom.ts";

interface ModelNamesProps {
  readonly kept: Kept;
  /** Replaces all of them. */
  readonly put: (all: Readonly<Record<string, string>>) => Promise<Answer<Kept>>;
  /** After a change. */
  readonly then: (now: Kept) => Promise<void>;
  /** Reads what somebody else has changed. */
  readonly reload: () => Promise<void>;
}

export function ModelNames({ kept, put, then, reload }: ModelNamesProps) {
  const all = modelNamesOf(kept);
  const form = useForm<Kept>({
    within: "settings.",
    ask(data) {
      const deployment = textOf(data, "deployment");
      return /^[^/]+\/./.test(deployment)
        ? put({ ...all, [deployment]: textOf(data, "model") })
        : { field: "deployment", expected: "must be provider/name, such as azure/prod-chat" };
    },
    async then(now) {
      await then(now);
      return "Saved. It holds for calls from now on.";
    },
  });
  return (
    <TableCard
      title="Names of deployments"
      note="for their price, and in all figures"
      columns={["Deployment", "Is the model", actions]}
      empty={null}
      above={
        <form key={kept.version} class="inline-form in-card" onSubmit={form.onSubmit}>
          <Field
            name="deployment"
            label="Deployment or alias"
            required
            placeholder="azure/prod-chat"
            problem={form.problem("deployment")}
          />
          <Field
            name="model"
            label="Is the model"
            required
            placeholder="gpt-4o"
            problem={form.problem("model_names")}
          />
          <FormFoot
            action="Add this name"
            form={form}
            reload={() => reload().then(form.forget)}
          />
        </form>
      }
    >
      {Object.entries(all).map(([deployment, model]) => (
        <tr key={deployment}>
          <th scope="row">
            <VisibleText text={deployment} />
          </th>
          <td>
            <VisibleText text={model} />
          </td>
          <td>
            <span class="row-actions">
              <ConfirmButton
                label="Remove"
                danger
                title={`Remove the name ${deployment}?`}
                action="Remove it"
                ask={() =>
                  put(Object.fromEntries(Object.entries(all).filter(([it]) => it !== deployment)))}
                then={then}
              >
                <p>Calls from then on are recorded and priced by the deployment's own name.</p>
              </ConfirmButton>
            </span>
          </td>
        </tr>
      ))}
    </TableCard>
  );
}
