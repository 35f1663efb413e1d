/**
 * The fields of a negotiated price.
 *
 * @module
 */
import { Choice, Field } from "../../form/field.tsx";
import type { ShownPrice } from "../types.ts";
import { buckets } from "./price.ts";

interface PriceFieldsProps {
  /** None for a new one. */
  readonly price: ShownPrice | undefined;
  /** Names of providers, to choose from. */
  readonly providers: readonly (readonly [name: string, title: string])[];
  readonly problem: (field: string) => string | null;
}

export function PriceFields({ price, providers, problem }: PriceFieldsProps) {
  return (
    <>
      <Choice
        name="provider"
        label="Provider"
        value={price?.provider ?? providers[0]?.[0] ?? ""}
        options={providers}
        problem={problem("provider")}
      />
      <Field
        name="model"
        label="Model, * stands for any text"
        required
        placeholder="gpt-4o*"
        value={price?.model ?? ""}
        problem={problem("model")}
      />
      <Field
        name="multiplier"
        label="Factor on the list's price"
        placeholder="0.85 is 15 % off"
        value={price?.multiplier ?? ""}
        hint="Or dollars for a million tokens:"
        problem={problem("multiplier") ?? problem("usd")}
      />
      {buckets.map(([name, label]) => (
        <Field
          key={name}
          name={name}
          label={`${label}, $ per million`}
          value={price?.usd?.[name] ?? ""}
          problem={problem(`usd.${name}`)}
        />
      ))}
      <Field
        name="from"
        label="From (UTC), empty: since ever"
        type="date"
        value={price?.from?.slice(0, 10) ?? ""}
        problem={problem("from")}
      />
      <Field
        name="until"
        label="Until before, empty: open"
        type="date"
        value={price?.until?.slice(0, 10) ?? ""}
        problem={problem("until")}
      />
      <Field
        name="note"
        label="Note"
        placeholder="Contract 7"
        value={price?.note ?? ""}
        problem={problem("note")}
      />
    </>
  );
}
