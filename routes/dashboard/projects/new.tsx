/**
 * A new project: a form that works without script, then the project's first key, shown once.
 *
 * @module
 */
import { HttpError, page } from "fresh";
import { isSameOrigin } from "@/core/identity/origin.ts";
import { CodeBlock } from "@/components/code_block.tsx";
import { read } from "@/components/data/read.ts";
import { otherPage } from "@/components/page_url.ts";
import { readForm } from "../../(_http)/form.ts";
import { openFrame } from "../../(_http)/frame.ts";
import { ownApi } from "../../(_http)/own_api.ts";
import { define } from "../../(_http)/state.ts";
import { DashboardPage } from "../(_frame)/page.tsx";

interface Made {
  readonly name: string;
  readonly project_id: string;
  readonly key: string;
}

interface Tried {
  readonly made: Made | null;
  /** What was typed, and why there is no project of that name. */
  readonly name: string;
  readonly problem: string | null;
}

const untried: Tried = { made: null, name: "", problem: null };

export const handler = define.handlers({
  async GET(ctx) {
    return page({ frame: await openFrame(ctx), tried: untried });
  },

  async POST(ctx) {
    if (!isSameOrigin(ctx.req)) throw new HttpError(403);
    const name = ((await readForm(ctx.req)).get("name") ?? "").trim();
    const got = await read<Omit<Made, "name">>(
      () => ownApi(ctx).v1.projects.$post({ json: { name } }),
      { signal: ctx.req.signal, retries: false },
    );
    const tried: Tried = got.ok
      ? { made: { ...got.value, name }, name, problem: null }
      : { made: null, name, problem: got.failure.detail ?? got.failure.message };
    return page({ frame: await openFrame(ctx), tried }, { status: got.ok ? 201 : 400 });
  },
});

export default define.page<typeof handler>(({ data: { frame, tried } }) => (
  <DashboardPage frame={frame} title="New project" controls={[]}>
    <div class="settings">
      <p class="lead">
        A project has keys, settings, budgets and figures of its own; nothing of it is seen from
        another one.
      </p>
      <section class="card" aria-labelledby="new-project-title">
        <header class="card-head">
          <h2 id="new-project-title">
            {tried.made ? "It is there" : "What is it called?"}
          </h2>
        </header>
        {tried.made ? <FirstKey made={tried.made} url={frame.url} /> : <NameForm {...tried} />}
      </section>
    </div>
  </DashboardPage>
));

function NameForm({ name, problem }: Tried) {
  return (
    <form class="inline-form" method="post">
      <label>
        <span class="small muted">Name</span>
        <input
          class="field"
          name="name"
          required
          maxlength={100}
          autocomplete="off"
          placeholder="support-bot"
          {...{ defaultValue: name }}
          {...(problem && { "aria-invalid": "true" as const, "aria-describedby": "name-problem" })}
        />
      </label>
      <button type="submit" class="button primary">Make the project</button>
      {problem && <p id="name-problem" class="error-text small" role="alert">{problem}</p>}
    </form>
  );
}

function FirstKey({ made: { name, project_id, key }, url }: { made: Made; url: URL }) {
  return (
    <div class="stacked pad-y">
      <p>
        <strong>Copy the first key of {name} now: it is not shown again.</strong>{" "}
        Applications send it in the place of a provider's key.
      </p>
      <CodeBlock code={key} label="the new key" />
      <p>
        <a class="button primary" href={otherPage("/dashboard", url, { project: project_id })}>
          Open the project
        </a>
      </p>
    </div>
  );
}
