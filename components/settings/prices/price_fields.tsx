/**
 * The fields of a negotiated price.
 *
 * @module
 */
import { FieldGroup, Fields } from "../../form/fields.tsx";
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
      <Fields
        problem={problem}
        of={[
          {
            name: "provider",
            label: "Provider",
            value: price?.provider ?? providers[0]?.[0] ?? "",
            options: providers,
          },
          {
            name: "model",
            label: "Model, * stands for any text",
            required: true,
            placeholder: "gpt-4o*",
            value: price?.model ?? "",
          },
          {
            name: "multiplier",
            label: "Factor on the list's price",
            placeholder: "0.85 is 15 % off",
            value: price?.multiplier ?? "",
            at: ["multiplier", "usd"],
          },
        ]}
      />
      <FieldGroup title="Or dollars for a million tokens" note="in the place of the factor">
        <Fields
          problem={problem}
          of={buckets.map(([name, label]) => ({
            name,
            label,
            value: price?.usd?.[name] ?? "",
            at: `usd.${name}`,
          }))}
        />
      </FieldGroup>
      <Fields
        problem={problem}
        of={[
          {
            name: "from",
            label: "From (UTC), empty: since ever",
            type: "date",
            value: price?.from?.slice(0, 10) ?? "",
          },
          {
            name: "until",
            label: "Until before, empty: open",
            type: "date",
            value: price?.until?.slice(0, 10) ?? "",
          },
          { name: "note", label: "Note", placeholder: "Contract 7", value: price?.note ?? "" },
        ]}
      />
    </>
  );
}
