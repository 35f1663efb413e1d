/**
 * The cache's settings as a form. What it does not show stays as it was set.
 *
 * @module
 */
import { hc } from "hono/client";
import { useReadable } from "@/components/data/use_readable.ts";
import { textOf } from "@/components/form/field.tsx";
import { FieldGroup, Fields } from "@/components/form/fields.tsx";
import { FormFoot } from "@/components/form/form_foot.tsx";
import { useForm } from "@/components/form/use_form.ts";
import type { Kept } from "@/components/settings/types.ts";
import type { ApiType } from "@/routes/(_api)/app.ts";

type Json = Readonly<Record<string, unknown>>;

const route = hc<ApiType>("/").v1.projects[":id"].settings[":section"];

export function CacheSettingsForm({ project, start }: { project: string; start: Kept }) {
  const param = { id: project, section: "cache" };
  const kept = useReadable<Kept>(start, () => route.$get({ param }));
  const { settings, version } = kept.value;
  const semantic = objectOf(settings.semantic);
  const form = useForm<Kept>({
    within: "settings.",
    ask: (data) =>
      route.$put({ param, json: { settings: settingsOf(data, settings), replaces: version } }),
    then(now) {
      kept.set(now);
      return "Saved. Every gateway obeys it within five seconds.";
    },
  });
  const { problem } = form;
  const reload = async () => {
    await kept.again();
    form.forget();
  };
  const yes = (value: unknown) => value === false ? "no" : "yes";

  return (
    <form
      key={version}
      class="card form-grid"
      aria-label="Cache settings"
      onSubmit={form.onSubmit}
    >
      <FieldGroup title="Exact" note="the same request is answered from what is stored">
        <Fields
          problem={problem}
          of={[
            {
              name: "enabled",
              label: "Answer from the exact cache",
              value: yes(settings.enabled),
              options: [["yes", "yes"], ["no", "only when a header asks"]],
            },
            {
              name: "temperature",
              label: "Embeddings, and calls with",
              value: String(settings.temperature),
              options: [["zero", "temperature 0"], ["any", "any temperature"]],
            },
            {
              name: "ttl_seconds",
              label: "Kept for, seconds",
              type: "number",
              value: String(settings.ttl_seconds),
              hint: "86400 is a day",
            },
            {
              name: "coalesce",
              label: "Identical requests at one time",
              value: yes(settings.coalesce),
              options: [["yes", "make one call"], ["no", "each make their own"]],
            },
            {
              name: "replay",
              label: "Stored streams are given",
              value: String(settings.replay),
              options: [["at_once", "at once"], ["recorded", "with their recorded pauses"]],
            },
            {
              name: "namespace",
              label: "Namespace, divides the cache",
              value: String(settings.namespace ?? ""),
            },
            {
              name: "ignore",
              label: "Ignored fields, one a line",
              rows: 3,
              value: listOf(settings.ignore).join("\n"),
              hint: "Requests that differ in these alone get the same answer, e.g. extra.timestamp",
            },
          ]}
        />
      </FieldGroup>
      <FieldGroup title="Semantic" note="so is the same question in other words">
        <Fields
          problem={problem}
          of={[
            {
              name: "mode",
              label: "Semantic cache",
              value: String(semantic.mode ?? "off"),
              options: [["off", "off"], ["shadow", "shadow: measures only"], ["serve", "serve"]],
            },
            {
              name: "error_target",
              label: "Wrong semantic answers, most",
              value: String(semantic.error_target ?? ""),
              hint: "0.05 is one in twenty",
              at: "semantic.error_target",
            },
          ]}
        />
      </FieldGroup>
      <FormFoot action="Save" form={form} reload={reload}>
        <span class="small muted num">
          {version === 0 ? "never changed" : `version ${version}`}
        </span>
      </FormFoot>
    </form>
  );
}

function settingsOf(form: FormData, before: Json): Record<string, unknown> {
  const text = (name: string) => textOf(form, name);
  return {
    ...before,
    enabled: text("enabled") === "yes",
    temperature: text("temperature"),
    ttl_seconds: Number(text("ttl_seconds")),
    coalesce: text("coalesce") === "yes",
    replay: text("replay"),
    namespace: text("namespace"),
    ignore: text("ignore").split("\n").map((line) => line.trim()).filter(Boolean),
    semantic: {
      ...objectOf(before.semantic),
      mode: text("mode"),
      error_target: Number(text("error_target")),
    },
  };
}

function objectOf(value: unknown): Json {
  return typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value))
    : {};
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
