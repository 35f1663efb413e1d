/**
 * Limits and budgets: how far each is used, and making, changing and removing them.
 *
 * @module
 */
import { hc } from "hono/client";
import { useEffect, useState } from "preact/hooks";
import { ConfirmButton } from "@/components/confirm.tsx";
import { read } from "@/components/data/read.ts";
import { problemOf, useAction } from "@/components/data/use_action.ts";
import { formatCount } from "@/components/format.ts";
import { formatUsd } from "@/components/money.ts";
import { Choice, Field, FormFoot, textOf } from "@/components/settings/field.tsx";
import type { Kept, LimitUse, LimitUses } from "@/components/settings/types.ts";
import { VisibleText } from "@/components/visible_text.tsx";
import { formatInstant, viewerZone } from "@/components/zone.ts";
import type { ApiType } from "@/routes/(_api)/app.ts";

interface LimitsProps {
  readonly project: string;
  readonly start: LimitUses;
  readonly kept: Kept;
}

type Limit = Readonly<Record<string, unknown>>;
const projectRoute = () => hc<ApiType>("/").v1.projects[":id"];

export function Limits({ project, start, kept: startKept }: LimitsProps) {
  const [uses, setUses] = useState(start.limits);
  const [kept, setKept] = useState(startKept);
  const [edited, setEdited] = useState<string | null>(null);
  const [done, setDone] = useState<string | null>(null);
  const [scope, setScope] = useState("project");
  const [zone, setZone] = useState("UTC");
  useEffect(() => setZone(viewerZone()), []);
  const saving = useAction();
  const removing = useAction();
  const limits = listOf(kept);
  const index = edited === null ? limits.length : limits.findIndex(({ id }) => id === edited);
  const limit = limits[index];
  const text = (name: string) => limit?.[name] === undefined ? "" : String(limit[name] ?? "");

  const put = (all: readonly Limit[]) => () =>
    projectRoute().settings[":section"].$put({
      param: { id: project, section: "limits" },
      json: { settings: { ...kept.settings, limits: all }, replaces: kept.version },
    });
  const again = async () => {
    const signal = AbortSignal.timeout(20_000);
    const [now, section] = await Promise.all([
      read<LimitUses>(() => projectRoute().limits.$get({ param: { id: project } }), { signal }),
      read<Kept>(() =>
        projectRoute().settings[":section"].$get({
          param: { id: project, section: "limits" },
        }), { signal }),
    ]);
    if (now.ok) setUses(now.value.limits);
    if (section.ok) setKept(section.value);
    setEdited(null);
  };
  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const all = [...limits];
    all[index] = limitOf(new FormData(event.currentTarget), limit);
    const result = await saving.run<Kept>(put(all));
    if (!result.ok) return;
    setDone("Saved. Every gateway obeys it within five seconds.");
    await again();
  };
  const remove = async (id: string) => {
    const result = await removing.run<Kept>(put(limits.filter((one) => one.id !== id)));
    await again();
    return result.ok;
  };
  const change = (id: string) => {
    setScope(String(limits.find((one) => one.id === id)?.scope ?? "project"));
    setEdited(id);
    setDone(null);
  };
  const problem = (field: string) => problemOf(saving.failure, `settings.limits.${index}.${field}`);

  return (
    <div class="settings">
      <section class="card flush" aria-labelledby="limits-title">
        <header class="card-head">
          <h2 id="limits-title">Limits and budgets</h2>
          <span class="small muted">of this window</span>
        </header>
        {uses.length === 0
          ? <p class="muted pad">None: calls go through as they come.</p>
          : (
            <ul role="list" class="limit-list">
              {uses.map((one) => (
                <li key={one.id}>
                  <div class="section-head">
                    <div>
                      <strong>{one.id}</strong>
                      <span class="muted">{` ${limitWords(one)}`}</span>
                    </div>
                    <span class="row-actions">
                      <button
                        type="button"
                        class="button small-button"
                        onClick={() => change(one.id)}
                      >
                        Change
                      </button>
                      <ConfirmButton
                        label="Remove"
                        class="button small-button danger"
                        title={`Remove the limit ${one.id}?`}
                        action="Remove it"
                        act={() => remove(one.id)}
                        problem={removing.failure?.message ?? null}
                      >
                        <p>Calls that it would refuse go through from then on.</p>
                      </ConfirmButton>
                    </span>
                  </div>
                  <Subjects use={one} />
                  <p class="small muted num">
                    {`Begins anew ${formatInstant(one.resets_at, zone)}`}
                    {one.more && ". Only those who used the most are shown"}.
                  </p>
                </li>
              ))}
            </ul>
          )}
      </section>
      <section class="card" aria-labelledby="limit-form-title">
        <header class="card-head">
          <h2 id="limit-form-title">{edited === null ? "Add a limit" : `Change ${edited}`}</h2>
        </header>
        <form key={`${edited}/${kept.version}`} class="form-grid padded" onSubmit={save}>
          <Field
            name="id"
            label="Name"
            required
            placeholder="monthly-budget"
            value={text("id")}
            problem={problem("id")}
          />
          <Choice
            name="scope"
            label="Counts by"
            value={scope}
            options={[
              ["project", "whole project"],
              ["key", "each project key"],
              ["user", "each end user"],
              ["property", "each value of a property"],
            ]}
            onPick={setScope}
            problem={problem("scope")}
          />
          {scope === "property" && (
            <Field
              name="property"
              label="Property"
              placeholder="team"
              value={text("property")}
              problem={problem("property")}
            />
          )}
          {scope !== "project" && (
            <Field
              name="subject"
              label="Only this one, empty: each"
              value={text("subject")}
              problem={problem("subject")}
            />
          )}
          <Field
            name="quota"
            label="How much"
            required
            placeholder="250.00"
            value={text("quota")}
            problem={problem("quota")}
          />
          <Choice
            name="unit"
            label="Of"
            value={text("unit") || "usd"}
            options={[["usd", "US dollars"], ["requests", "requests"], ["tokens", "tokens"]]}
            problem={problem("unit")}
          />
          <Choice
            name="window"
            label="In each (UTC)"
            value={text("window") || "month"}
            options={["minute", "hour", "day", "month"].map((each) => [each, each] as const)}
            problem={problem("window")}
          />
          <Choice
            name="mode"
            label="When it is used up"
            value={text("mode") || "enforce"}
            options={[["enforce", "refuse calls"], ["dry-run", "only say so (dry run)"]]}
            problem={problem("mode")}
          />
          <FormFoot
            action={edited === null ? "Add this limit" : "Save"}
            busy={saving.busy}
            failure={saving.failure?.message ?? null}
            done={done}
          >
            {edited !== null && (
              <button
                type="button"
                class="button"
                onClick={() => setEdited(null)}
              >
                Cancel
              </button>
            )}
          </FormFoot>
        </form>
      </section>
    </div>
  );
}

function Subjects({ use }: { use: LimitUse }) {
  if (use.subjects.length === 0) {
    return <p class="small muted pad-y">Nothing is used of it in this window.</p>;
  }
  return (
    <ul role="list" class="subjects">
      {use.subjects.slice(0, 10).map(({ subject, used, reserved }) => {
        // The width of a bar and nothing else: amounts are shown from their own digits.
        const share = Number(use.quota) === 0 ? 1 : (Number(used) + Number(reserved)) /
          Number(use.quota);
        return (
          <li key={subject}>
            <span class="small num">
              {subject && (
                <>
                  <VisibleText text={subject} />:{" "}
                </>
              )}
              {`${amount(use.unit, used)} of ${amount(use.unit, use.quota)}`}
              {reserved !== "0" && (
                <span class="muted">{`, ${amount(use.unit, reserved)} under way`}</span>
              )}
            </span>
            <Meter share={share} />
          </li>
        );
      })}
    </ul>
  );
}

function Meter({ share }: { share: number }) {
  const level = share >= 1 ? "full" : share >= 0.8 ? "near" : "";
  return (
    <svg class="meter" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
      <rect width="100" height="1" />
      <rect class={`used ${level}`} width={Math.min(100, share * 100)} height="1" />
    </svg>
  );
}

function amount(unit: LimitUse["unit"], text: string): string {
  return unit === "usd" ? formatUsd(text) : formatCount(Number(text));
}

const scopeWords: Readonly<Record<LimitUse["scope"], string>> = {
  project: "for the whole project",
  key: "for each key",
  user: "for each user",
  property: "for each",
};

function limitWords({ unit, quota, window, scope, property, mode }: LimitUse): string {
  const what = unit === "usd" ? amount(unit, quota) : `${amount(unit, quota)} ${unit}`;
  const whom = property ? `${scopeWords[scope]} ${property}` : scopeWords[scope];
  return `${what} a ${window} ${whom}${mode === "dry-run" ? ", dry run" : ""}`;
}

function listOf({ settings }: Kept): readonly Limit[] {
  return Array.isArray(settings.limits)
    ? settings.limits.map((one: unknown): Limit =>
      typeof one === "object" && one !== null ? Object.fromEntries(Object.entries(one)) : {}
    )
    : [];
}

function limitOf(form: FormData, before: Limit | undefined): Limit {
  const given = (name: string) => {
    const value = textOf(form, name);
    return value === "" ? {} : { [name]: value };
  };
  return {
    ...(before?.warn_at_percent !== undefined && { warn_at_percent: before.warn_at_percent }),
    ...given("id"),
    ...given("scope"),
    ...given("property"),
    ...given("subject"),
    ...given("unit"),
    quota: textOf(form, "quota"),
    ...given("window"),
    ...given("mode"),
  };
}
