/**
 * How long calls and their bodies are kept: what would go is counted and asked about before it is saved.
 *
 * @module
 */
import { hc } from "hono/client";
import { useRef, useState } from "preact/hooks";
import { useAction } from "@/components/data/use_action.ts";
import { useReadable } from "@/components/data/use_readable.ts";
import { textOf } from "@/components/form/field.tsx";
import { FormFoot } from "@/components/form/form_foot.tsx";
import { useForm } from "@/components/form/use_form.ts";
import { daysOf } from "@/components/settings/retention/days.ts";
import { DaysField } from "@/components/settings/retention/days_field.tsx";
import {
  removalLines,
  RemovalQuestion,
  takesAway,
} from "@/components/settings/retention/removal.tsx";
import { RetentionStateCard } from "@/components/settings/retention/state.tsx";
import type { Kept } from "@/components/settings/types.ts";
import { useZone } from "@/components/use_zone.ts";
import type { ApiType } from "@/routes/(_api)/app.ts";
import type { RetentionPreview, RetentionState } from "@/components/settings/retention/types.ts";

interface RetentionProps {
  readonly project: string;
  readonly start: Kept;
  readonly state: RetentionState;
}

interface Settings {
  readonly bodies_days: number | null;
  readonly calls_days: number | null;
}

const saved = "Saved. What is older goes within ten minutes.";
const route = hc<ApiType>("/").v1.projects[":id"];

export function RetentionForm({ project, start, state: startState }: RetentionProps) {
  const param = { id: project, section: "retention" };
  const kept = useReadable<Kept>(start, () => route.settings[":section"].$get({ param }));
  const state = useReadable<RetentionState>(
    startState,
    () => route.retention.$get({ param: { id: project } }),
  );
  const zone = useZone();
  const { settings, version } = kept.value;
  const [question, setQuestion] = useState<Asked | null>(null);
  const [preview, setPreview] = useState<RetentionPreview | null>(null);
  const [done, setDone] = useState<string | null>(null);
  const counting = useAction();
  const saving = useAction();
  const asked = useRef<Settings | null>(null);
  const element = useRef<HTMLFormElement>(null);

  const previewOf = (given: Settings) =>
    route.settings.retention.preview.$post({
      param: { id: project },
      json: { settings: given },
    });
  const put = (given: Settings) =>
    route.settings[":section"].$put({ param, json: { settings: { ...given }, replaces: version } });
  const take = async (now: Kept) => {
    kept.set(now);
    setQuestion(null);
    setPreview(null);
    setDone(saved);
    await state.again();
  };

  const form = useForm<RetentionPreview | Kept>({
    within: "settings.",
    ask(data) {
      const given = settingsOf(data);
      asked.current = given;
      setDone(null);
      return previewOf(given);
    },
    async then(found) {
      const given = asked.current;
      if (!given || !("calls_before" in found)) return "";
      setPreview(found);
      if (takesAway(found)) {
        setQuestion({ settings: given, preview: found });
        return "";
      }
      const kept = await saving.run<Kept>(() => put(given));
      if (!kept.ok) return "";
      await take(kept.value);
      return "";
    },
  });

  const count = async () => {
    if (!element.current) return;
    form.forget();
    setDone(null);
    const given = settingsOf(new FormData(element.current));
    const found = await counting.run<RetentionPreview>(() => previewOf(given));
    setPreview(found.ok ? found.value : null);
  };
  const reload = async () => {
    await kept.again();
    form.forget();
    saving.forget();
  };
  const problem = (field: string) =>
    form.problem(field) ??
      counting.failure?.fields?.find((one) => one.field === `settings.${field}`)?.expected ?? null;
  const failure = saving.failure ?? counting.failure;
  const told = form.told ?? failure?.detail ?? failure?.message ?? null;
  const foot = {
    ...form,
    busy: form.busy || saving.busy,
    failure: form.failure ?? failure,
    told,
    done,
  };

  return (
    <div class="settings">
      <form
        key={version}
        ref={element}
        class="card form-grid"
        aria-label="Retention"
        onSubmit={form.onSubmit}
      >
        <DaysField
          name="bodies_days"
          label="Keep prompts and answers"
          days={numberOf(settings.bodies_days)}
          never="as long as their call"
          problem={problem("bodies_days")}
        />
        <DaysField
          name="calls_days"
          label="Keep calls, traces and scores"
          days={numberOf(settings.calls_days)}
          never="for ever"
          problem={problem("calls_days")}
        />
        {preview && (
          <div class="wide-field small" role="status">
            <p>{takesAway(preview) ? "Would go:" : "Nothing that is here now would go."}</p>
            <ul class="sentences">
              {removalLines(preview).map((line) => <li key={line} class="num">{line}</li>)}
            </ul>
          </div>
        )}
        <FormFoot action="Save" form={foot} reload={reload}>
          <button type="button" class="button" disabled={counting.busy} onClick={count}>
            {counting.busy ? "Counting…" : "Count what would go"}
          </button>
          <span class="small muted num">
            {version === 0 ? "never changed" : `version ${version}`}
          </span>
        </FormFoot>
      </form>
      <RetentionStateCard state={state.value} zone={zone} />
      {question && (
        <RemovalQuestion<Kept>
          preview={question.preview}
          ask={() => put(question.settings)}
          then={take}
          close={() => setQuestion(null)}
        />
      )}
    </div>
  );
}

interface Asked {
  readonly settings: Settings;
  readonly preview: RetentionPreview;
}

function settingsOf(form: FormData): Settings {
  const days = (name: string) => daysOf(textOf(form, name), textOf(form, `${name}_other`));
  return { bodies_days: days("bodies_days"), calls_days: days("calls_days") };
}

function numberOf(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}
