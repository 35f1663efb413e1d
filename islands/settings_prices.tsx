/**
 * The prices that the project has negotiated: added, changed, removed. They go before the list's.
 *
 * @module
 */
import { hc } from "hono/client";
import { useState } from "preact/hooks";
import { ConfirmButton } from "@/components/confirm.tsx";
import { type Read, read } from "@/components/data/read.ts";
import { problemOf, useAction } from "@/components/data/use_action.ts";
import { Choice, Field, FormFoot, textOf } from "@/components/settings/field.tsx";
import type { Prices, ShownPrice } from "@/components/settings/types.ts";
import { VisibleText } from "@/components/visible_text.tsx";
import type { ApiType } from "@/routes/(_api)/app.ts";

interface NegotiatedPricesProps {
  readonly project: string;
  readonly start: Prices;
  /** Names of providers, to choose from. */
  readonly providers: readonly (readonly [name: string, title: string])[];
}

const buckets = [
  ["input", "Input"],
  ["output", "Output"],
  ["cache_read", "Cache read"],
  ["cache_write_5m", "Cache write, 5 min"],
] as const;

const route = () => hc<ApiType>("/").v1.projects[":id"].prices;

export function NegotiatedPrices({ project, start, providers }: NegotiatedPricesProps) {
  const [kept, setKept] = useState(start);
  /** Which one is being changed; the list's length for a new one. */
  const [edited, setEdited] = useState(start.prices.length);
  const saving = useAction();
  const removing = useAction();
  const [done, setDone] = useState<string | null>(null);
  const param = { id: project };
  const isNew = edited === kept.prices.length;

  const take = (got: Read<Prices>, words: string | null) => {
    if (!got.ok) return;
    setKept(got.value);
    setEdited(got.value.prices.length);
    setDone(words);
  };
  const put = (prices: readonly ShownPrice[]) => () =>
    route().$put({ param, json: { prices: prices.map(sentPrice), replaces: kept.version } });
  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const price = priceOf(new FormData(event.currentTarget));
    const prices = [...kept.prices];
    prices[edited] = price;
    take(
      await saving.run<Prices>(put(prices)),
      "Saved. Calls are priced so within five seconds.",
    );
  };
  const remove = async (index: number) => {
    const got = await removing.run<Prices>(put(kept.prices.filter((_, i) => i !== index)));
    take(got, "Removed.");
    return got.ok;
  };
  const reload = async () => {
    take(
      await read<Prices>(() => route().$get({ param }), { signal: AbortSignal.timeout(20_000) }),
      null,
    );
    saving.forget();
  };
  const conflict = saving.failure?.message.startsWith("The object changed") ?? false;
  const price = kept.prices[edited];
  const problem = (field: string) => problemOf(saving.failure, `prices.${edited}.${field}`);

  return (
    <div class="settings">
      <section class="card flush" aria-labelledby="prices-title">
        <header class="card-head">
          <h2 id="prices-title">Your own prices</h2>
          <span class="small muted num">
            {`before ${kept.list.catalogue} ${kept.list.catalogue_version}`}
          </span>
        </header>
        {kept.prices.length === 0
          ? <p class="muted pad">None: calls are priced by the list.</p>
          : (
            <div class="scroll" role="region" aria-label="Your own prices" tabindex={0}>
              <table class="rows">
                <thead>
                  <tr>
                    <th scope="col">Model</th>
                    <th scope="col">Price</th>
                    <th scope="col">Holds</th>
                    <th scope="col">Note</th>
                    <th scope="col">
                      <span class="sr">Actions</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {kept.prices.map((one, index) => (
                    <tr key={JSON.stringify([one, index])}>
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
                          <button
                            type="button"
                            class="button small-button"
                            onClick={() => setEdited(index)}
                          >
                            Change
                          </button>
                          <ConfirmButton
                            label="Remove"
                            class="button small-button danger"
                            title={`Remove the price of ${one.provider}/${one.model}?`}
                            action="Remove it"
                            act={() => remove(index)}
                            problem={removing.failure?.message ?? null}
                          >
                            <p>
                              Calls are priced by the list again. What was recorded stays as it is.
                            </p>
                          </ConfirmButton>
                        </span>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
      </section>
      <section class="card" aria-labelledby="price-form-title">
        <header class="card-head">
          <h2 id="price-form-title">
            {isNew ? "Add a price" : `Change ${price?.provider}/${price?.model}`}
          </h2>
        </header>
        <form key={edited + kept.version} class="form-grid padded" onSubmit={save}>
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
          <FormFoot
            action={isNew ? "Add this price" : "Save"}
            busy={saving.busy}
            failure={saving.failure?.message ?? null}
            done={done}
          >
            {!isNew && (
              <button
                type="button"
                class="button"
                onClick={() => setEdited(kept.prices.length)}
              >
                Cancel
              </button>
            )}
            {conflict && (
              <button type="button" class="button" onClick={reload}>
                Read what is there now
              </button>
            )}
          </FormFoot>
        </form>
      </section>
    </div>
  );
}

function priceOf(form: FormData): ShownPrice {
  const text = (name: string) => textOf(form, name);
  const usd = Object.fromEntries(
    buckets.map(([name]) => [name, text(name)] as const).filter(([, value]) => value !== ""),
  );
  const instant = (day: string) => day === "" ? null : `${day}T00:00:00.000Z`;
  return {
    provider: text("provider"),
    model: text("model"),
    ...(text("multiplier") !== "" && { multiplier: text("multiplier") }),
    ...(Object.keys(usd).length > 0 && { usd }),
    from: instant(text("from")),
    until: instant(text("until")),
    ...(text("note") !== "" && { note: text("note") }),
  };
}

/** A price without the fields that it does not have. */
function sentPrice({ usd, ...price }: ShownPrice) {
  if (!usd) return price;
  const given = Object.entries(usd).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const]
  );
  return { ...price, usd: Object.fromEntries(given) };
}

function priceText({ multiplier, usd }: ShownPrice): string {
  if (multiplier !== undefined) return `× ${multiplier} of the list's`;
  return Object.entries(usd ?? {}).map(([name, value]) => `${name.replaceAll("_", " ")} $${value}`)
    .join(", ");
}

function spanText({ from, until }: ShownPrice): string {
  if (!from && !until) return "always";
  const [begin, end] = [from?.slice(0, 10), until?.slice(0, 10)];
  return begin && end ? `${begin} to before ${end}` : begin ? `from ${begin}` : `until ${end}`;
}
