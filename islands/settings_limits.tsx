/**
 * Limits and budgets: how far each is used, and making, changing and removing them.
 *
 * @module
 */
import { hc } from "hono/client";
import { useState } from "preact/hooks";
import { ConfirmButton } from "@/components/confirm.tsx";
import { useReadable } from "@/components/data/use_readable.ts";
import { FormCard } from "@/components/form/form_card.tsx";
import { useForm } from "@/components/form/use_form.ts";
import { type Limit, limitOf, limitsOf, limitText } from "@/components/settings/limits/limit.ts";
import { LimitFields } from "@/components/settings/limits/limit_fields.tsx";
import { LimitUseList } from "@/components/settings/limits/limit_use.tsx";
import type { Kept, LimitUse, LimitUses } from "@/components/settings/types.ts";
import { useZone } from "@/components/use_zone.ts";
import { formatInstant } from "@/components/zone.ts";
import type { ApiType } from "@/routes/(_api)/app.ts";

interface LimitsProps {
  readonly project: string;
  readonly start: LimitUses;
  readonly kept: Kept;
}

const route = hc<ApiType>("/").v1.projects[":id"];

export function Limits({ project, start, kept: startKept }: LimitsProps) {
  const param = { id: project, section: "limits" };
  const uses = useReadable<LimitUses>(start, () => route.limits.$get({ param }));
  const kept = useReadable<Kept>(startKept, () => route.settings[":section"].$get({ param }));
  const { version, settings } = kept.value;
  const limits = limitsOf(kept.value);
  const [edited, setEdited] = useState<string | null>(null);
  const found = limits.findIndex(({ id }) => id === edited);
  const index = found === -1 ? limits.length : found;
  const limit = limits[index];

  const put = (all: readonly Limit[]) =>
    route.settings[":section"].$put({
      param,
      json: { settings: { ...settings, limits: all }, replaces: version },
    });
  const take = async (now: Kept) => {
    kept.set(now);
    setEdited(null);
    await uses.again();
  };
  const form = useForm<Kept>({
    within: `settings.limits.${index}.`,
    ask: (data) =>
      put([...limits.slice(0, index), limitOf(data, limit), ...limits.slice(index + 1)]),
    async then(now) {
      await take(now);
      return "Saved. Every gateway obeys it within five seconds.";
    },
  });
  const edit = (id: string | null) => {
    form.forget();
    setEdited(id);
  };
  const reload = async () => {
    await Promise.all([kept.again(), uses.again()]);
    edit(null);
  };

  return (
    <div class="settings">
      <section class="card flush" aria-labelledby="limits-title">
        <header class="card-head">
          <h2 id="limits-title">Limits and budgets</h2>
          <span class="small muted">of this window</span>
        </header>
        {uses.value.limits.length === 0
          ? <p class="muted pad">None: calls go through as they come.</p>
          : (
            <ul role="list" class="limit-list">
              {uses.value.limits.map((use) => (
                <LimitItem
                  key={use.id}
                  use={use}
                  change={() => edit(use.id)}
                >
                  <ConfirmButton
                    label="Remove"
                    danger
                    title={`Remove the limit ${use.id}?`}
                    action="Remove it"
                    ask={() => put(limits.filter(({ id }) => id !== use.id))}
                    then={take}
                  >
                    <p>Calls that it would refuse go through from then on.</p>
                  </ConfirmButton>
                </LimitItem>
              ))}
            </ul>
          )}
      </section>
      <FormCard
        title={limit ? `Change ${edited}` : "Add a limit"}
        action={limit ? "Save" : "Add this limit"}
        begins={`${edited}/${version}`}
        form={form}
        reload={reload}
        cancel={limit && (() => edit(null))}
      >
        <LimitFields limit={limit} problem={form.problem} />
      </FormCard>
    </div>
  );
}

interface LimitItemProps {
  readonly use: LimitUse;
  readonly change: () => void;
  readonly children: preact.ComponentChildren;
}

function LimitItem({ use, change, children }: LimitItemProps) {
  const zone = useZone();
  return (
    <li>
      <div class="section-head">
        <div>
          <strong>{use.id}</strong>
          <span class="muted">{` ${limitText(use)}`}</span>
        </div>
        <span class="row-actions">
          <button type="button" class="button small-button" onClick={change}>Change</button>
          {children}
        </span>
      </div>
      <LimitUseList use={use} />
      <p class="small muted num">
        {`Begins anew ${formatInstant(use.resets_at, zone)}`}
        {use.more && ". Only those who used the most are shown"}.
      </p>
    </li>
  );
}
