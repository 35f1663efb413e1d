/**
 * A section of the settings as JSON, with what is wrong at its field. What somebody else changed
 * meanwhile is not overwritten.
 *
 * @module
 */
import { hc } from "hono/client";
import { useState } from "preact/hooks";
import { read } from "@/components/data/read.ts";
import { useAction } from "@/components/data/use_action.ts";
import { FormFoot } from "@/components/settings/field.tsx";
import { placeOf } from "@/components/settings/json_place.ts";
import { summaryOfRouting } from "@/components/settings/routing_summary.ts";
import type { Kept } from "@/components/settings/types.ts";
import type { ApiType } from "@/routes/(_api)/app.ts";

interface SectionEditorProps {
  readonly project: string;
  readonly section: "routing" | "cache" | "limits" | "providers";
  readonly title: string;
  readonly start: Kept;
  readonly rows?: number;
}

const route = () => hc<ApiType>("/").v1.projects[":id"].settings[":section"];

export function SectionEditor({ project, section, title, start, rows = 18 }: SectionEditorProps) {
  const [kept, setKept] = useState(start);
  const [text, setText] = useState(() => JSON.stringify(start.settings, null, 2));
  const [done, setDone] = useState<string | null>(null);
  const [malformed, setMalformed] = useState<string | null>(null);
  const saving = useAction();
  const param = { id: project, section };
  const conflict = saving.failure?.message.startsWith("The object changed") ?? false;

  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    setDone(null);
    const settings = objectOf(text);
    if (!settings) return setMalformed("This is not a JSON object.");
    setMalformed(null);
    const result = await saving.run<Kept>(() =>
      route().$put({ param, json: { settings, replaces: kept.version } })
    );
    if (!result.ok) return;
    setKept(result.value);
    setText(JSON.stringify(result.value.settings, null, 2));
    setDone("Saved. Every gateway obeys it within five seconds.");
  };
  const reload = async () => {
    const got = await read<Kept>(() => route().$get({ param }), {
      signal: AbortSignal.timeout(20_000),
    });
    if (!got.ok) return;
    setKept(got.value);
    setText(JSON.stringify(got.value.settings, null, 2));
    saving.forget();
  };
  const fields = saving.failure?.fields ?? [];
  const settings = objectOf(text);

  return (
    <form class="card stacked" aria-label={title} onSubmit={save}>
      <header class="card-head">
        <h2>{title}</h2>
        <span class="small muted num">
          {kept.version === 0 ? "never changed" : `version ${kept.version}`}
        </span>
      </header>
      {section === "routing" && settings && (
        <ul class="sentences" aria-label="What it does">
          {summaryOfRouting(settings).map((line) => <li key={line}>{line}</li>)}
        </ul>
      )}
      <textarea
        class="field mono"
        rows={rows}
        spellcheck={false}
        aria-label={`${title} as JSON`}
        {...((malformed || fields.length > 0) && { "aria-invalid": "true" as const })}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
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
        busy={saving.busy}
        failure={malformed ?? (fields.length > 0 ? "Not saved." : saving.failure?.message ?? null)}
        done={done}
      >
        {conflict && (
          <button type="button" class="button" onClick={reload}>
            Read what is there now
          </button>
        )}
      </FormFoot>
    </form>
  );
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
