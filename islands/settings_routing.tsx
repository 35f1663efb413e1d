/**
 * Routing as JSON, with sentences that say what it does and what is wrong at its line. What somebody
 * else changed meanwhile is not overwritten.
 *
 * @module
 */
import { hc } from "hono/client";
import { useState } from "preact/hooks";
import { useReadable } from "@/components/data/use_readable.ts";
import { FormFoot } from "@/components/form/form_foot.tsx";
import { useForm } from "@/components/form/use_form.ts";
import { placeOf } from "@/components/settings/json_place.ts";
import { summaryOfRouting } from "@/components/settings/routing_summary.ts";
import type { Kept } from "@/components/settings/types.ts";
import type { ApiType } from "@/routes/(_api)/app.ts";

const route = hc<ApiType>("/").v1.projects[":id"].settings[":section"];

export function RoutingEditor({ project, start }: { project: string; start: Kept }) {
  const param = { id: project, section: "routing" };
  const kept = useReadable<Kept>(start, () => route.$get({ param }));
  const { settings: shown, version } = kept.value;
  /** What is being written; null while it is as it was kept. */
  const [draft, setDraft] = useState<string | null>(null);
  const text = draft ?? JSON.stringify(shown, null, 2);
  const settings = objectOf(text);
  const form = useForm<Kept>({
    ask: () =>
      settings
        ? route.$put({ param, json: { settings, replaces: version } })
        : { field: "", expected: "This is not a JSON object." },
    then(now) {
      kept.set(now);
      setDraft(null);
      return "Saved. Every gateway obeys it within five seconds.";
    },
  });
  const reload = async () => {
    await kept.again();
    setDraft(null);
    form.forget();
  };
  const fields = form.failure?.fields ?? [];

  return (
    <form class="card stacked" aria-label="Routing" onSubmit={form.onSubmit}>
      <header class="card-head">
        <h2>Routing</h2>
        <span class="small muted num">
          {version === 0 ? "never changed" : `version ${version}`}
        </span>
      </header>
      {settings && (
        <ul class="sentences" aria-label="What it does">
          {summaryOfRouting(settings).map((line) => <li key={line}>{line}</li>)}
        </ul>
      )}
      <textarea
        class="field mono"
        rows={rowsFor(JSON.stringify(start.settings, null, 2))}
        spellcheck={false}
        aria-label="Routing as JSON"
        {...(form.failure && form.failure.code !== "conflict" &&
          { "aria-invalid": "true" as const })}
        {
          // As an object: the server writes it as the field's text, not as an attribute.
          ...{ value: text }
        }
        onInput={(event) => setDraft(event.currentTarget.value)}
      />
      {fields.length > 0 && (
        <ul class="sentences error-text" role="alert">
          {fields.map(({ field, expected }) => {
            const path = field.replace(/^settings\.?/, "");
            const line = placeOf(text, path);
            return (
              <li key={field + expected}>
                {line !== null && <span class="num">{`line ${line}: `}</span>}
                <code>{path || "settings"}</code> {expected}
              </li>
            );
          })}
        </ul>
      )}
      <FormFoot
        action="Save"
        form={{ ...form, told: fields.length > 0 ? "Not saved." : form.told }}
        reload={reload}
      />
    </form>
  );
}

/** Room for what was kept and some more; it does not change while it is written. */
function rowsFor(text: string): number {
  return Math.min(32, Math.max(14, text.split("\n").length + 4));
}

function objectOf(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value))
      : null;
  } catch {
    return null;
  }
}
