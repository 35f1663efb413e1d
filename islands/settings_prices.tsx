/**
 * The prices that the project has negotiated: added, changed, removed. They go before the list's.
 *
 * @module
 */
import { hc } from "hono/client";
import { useState } from "preact/hooks";
import { ConfirmButton } from "@/components/confirm.tsx";
import { useReadable } from "@/components/data/use_readable.ts";
import { FormCard } from "@/components/form/form_card.tsx";
import { useForm } from "@/components/form/use_form.ts";
import { priceOf, priceText, sentPrice, spanText } from "@/components/settings/prices/price.ts";
import { PriceFields } from "@/components/settings/prices/price_fields.tsx";
import type { Prices, ShownPrice } from "@/components/settings/types.ts";
import { actions, TableCard } from "@/components/table_card.tsx";
import { VisibleText } from "@/components/visible_text.tsx";
import type { ApiType } from "@/routes/(_api)/app.ts";

interface NegotiatedPricesProps {
  readonly project: string;
  readonly start: Prices;
  /** Names of providers, to choose from. */
  readonly providers: readonly (readonly [name: string, title: string])[];
}

const route = hc<ApiType>("/").v1.projects[":id"].prices;

export function NegotiatedPrices({ project, start, providers }: NegotiatedPricesProps) {
  const param = { id: project };
  const kept = useReadable<Prices>(start, () => route.$get({ param }));
  const { prices, list, version } = kept.value;
  /** Which one is being changed; null for a new one. */
  const [edited, setEdited] = useState<number | null>(null);
  const index = edited ?? prices.length;
  const price = prices[index];

  const put = (all: readonly ShownPrice[]) =>
    route.$put({ param, json: { prices: all.map(sentPrice), replaces: version } });
  const take = (now: Prices) => {
    kept.set(now);
    setEdited(null);
  };
  const form = useForm<Prices>({
    within: `prices.${index}.`,
    ask: (data) => put([...prices.slice(0, index), priceOf(data), ...prices.slice(index + 1)]),
    then(now) {
      take(now);
      return "Saved. Calls are priced so within five seconds.";
    },
  });
  const edit = (which: number | null) => {
    form.forget();
    setEdited(which);
  };
  const reload = async () => {
    await kept.again();
    edit(null);
  };

  return (
    <div class="settings">
      <TableCard
        title="Your own prices"
        note={`before ${list.catalogue} ${list.catalogue_version}`}
        columns={["Model", "Price", "Holds", "Note", actions]}
        empty="None: calls are priced by the list."
      >
        {prices.map((one, at) => (
          <tr key={JSON.stringify([one, at])}>
            <th scope="row">
              <span class="name-cell flat">
                <VisibleText text={one.model} />
                <span class="muted small">{one.provider}</span>
              </span>
            </th>
            <td class="wraps num">{priceText(one)}</td>
            <td class="num">{spanText(one)}</td>
            <td class="wraps muted">{one.note}</td>
            <td>
              <span class="row-actions">
                <button type="button" class="button small-button" onClick={() => edit(at)}>
                  Change
                </button>
                <ConfirmButton
                  label="Remove"
                  danger
                  title={`Remove the price of ${one.provider}/${one.model}?`}
                  action="Remove it"
                  ask={() => put(prices.filter((_, i) => i !== at))}
                  then={take}
                >
                  <p>Calls are priced by the list again. What was recorded stays as it is.</p>
                </ConfirmButton>
              </span>
            </td>
          </tr>
        ))}
      </TableCard>
      <FormCard
        title={price ? `Change ${price.provider}/${price.model}` : "Add a price"}
        action={price ? "Save" : "Add this price"}
        begins={`${index}/${version}`}
        form={form}
        reload={reload}
        cancel={price && (() => edit(null))}
      >
        <PriceFields price={price} providers={providers} problem={form.problem} />
      </FormCard>
    </div>
  );
}
