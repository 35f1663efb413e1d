/**
 * The keys that the project keeps for its providers: added, tried, put in order, removed. A secret goes
 * in and never comes out.
 *
 * @module
 */
import { hc } from "hono/client";
import { useState } from "preact/hooks";
import { ConfirmButton } from "@/components/confirm.tsx";
import { read } from "@/components/data/read.ts";
import { problemOf, useAction } from "@/components/data/use_action.ts";
import { formatAgo, formatDuration } from "@/components/format.ts";
import { Icon } from "@/components/icon.tsx";
import { Choice, Field, FormFoot, textOf } from "@/components/settings/field.tsx";
import type {
  ProviderChoice,
  ProviderKeyList,
  ShownProviderKey,
} from "@/components/settings/types.ts";
import type { ApiType } from "@/routes/(_api)/app.ts";

interface ProviderKeysProps {
  readonly project: string;
  readonly start: ProviderKeyList;
  readonly choices: readonly ProviderChoice[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

type Kind = ShownProviderKey["kind"];
interface Trial {
  readonly outcome: string;
  readonly message: string;
  readonly models: number | null;
  readonly latency_ms: number;
}

const kindWords: Readonly<Record<Kind, string>> = {
  api_key: "API key",
  aws: "AWS access key",
  azure: "Azure resource key",
  service_account: "Google service account",
};

const route = () => hc<ApiType>("/").v1.projects[":id"]["provider-keys"];

export function ProviderKeys({ project, start, choices, now }: ProviderKeysProps) {
  const [keys, setKeys] = useState(start.provider_keys);
  const [trials, setTrials] = useState<Readonly<Record<string, string>>>({});
  const changing = useAction();
  const param = { id: project };
  const titleOf = (name: string) => choices.find((one) => one.name === name)?.title ?? name;

  const again = async () => {
    const signal = AbortSignal.timeout(20_000);
    const got = await read<ProviderKeyList>(() => route().$get({ param }), { signal });
    if (got.ok) setKeys(got.value.provider_keys);
  };
  const change = async (key_id: string, json: { priority?: number; enabled?: boolean }) => {
    await changing.run<unknown>(() =>
      route()[":key_id"].$patch({ param: { id: project, key_id }, json })
    );
    await again();
  };
  const remove = async (key_id: string) => {
    const done = await changing.run<unknown>(() =>
      route()[":key_id"].$delete({ param: { id: project, key_id } })
    );
    await again();
    return done.ok;
  };
  const tell = (key_id: string, text: string) =>
    setTrials((before) => ({ ...before, [key_id]: text }));
  const test = async (key_id: string) => {
    tell(key_id, "Trying…");
    const done = await read<Trial>(
      () => route()[":key_id"].test.$post({ param: { id: project, key_id } }),
      { signal: AbortSignal.timeout(40_000), retries: false },
    );
    tell(key_id, done.ok ? trialText(done.value) : done.failure.message);
    await again();
  };

  return (
    <>
      <section class="card flush" aria-labelledby="provider-keys-title">
        <header class="card-head">
          <h2 id="provider-keys-title">Provider keys</h2>
          <span class="small muted">encrypted; used by calls that bring none of their own</span>
        </header>
        {keys.length === 0
          ? (
            <p class="muted pad">
              None yet. Add one below, or set a variable such as <code>OPENAI_API_KEY</code>.
            </p>
          )
          : (
            <div class="scroll" role="region" aria-label="Provider keys" tabindex={0}>
              <table class="rows">
                <thead>
                  <tr>
                    <th scope="col">Provider</th>
                    <th scope="col">Key</th>
                    <th scope="col">State</th>
                    <th scope="col">Priority</th>
                    <th scope="col">Last used</th>
                    <th scope="col">
                      <span class="sr">Actions</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {keys.map((key) => (
                    <tr key={key.key_id}>
                      <th scope="row">
                        <span class="name-cell flat">
                          {titleOf(key.provider)}
                          {key.name && <span class="muted small ellipsis">{key.name}</span>}
                        </span>
                      </th>
                      <td>
                        <code>{key.last_four ? `…${key.last_four}` : "too short to show"}</code>
                        {key.kind !== "api_key" && (
                          <span class="muted small">{` ${kindWords[key.kind]}`}</span>
                        )}
                      </td>
                      <td class="wraps">
                        <Health shown={key} />
                        {trials[key.key_id] && (
                          <div class="small muted" role="status">{trials[key.key_id]}</div>
                        )}
                      </td>
                      <td>
                        <input
                          class="field priority"
                          type="number"
                          min={0}
                          max={1000}
                          aria-label={`Priority of ${key.name || key.last_four}, lower is first`}
                          title="Lower is taken first; equal ones take turns"
                          value={key.priority}
                          onChange={(event) =>
                            change(key.key_id, { priority: Number(event.currentTarget.value) })}
                        />
                      </td>
                      <td class="num">
                        {key.last_used_at ? formatAgo(key.last_used_at, now) : "never"}
                      </td>
                      <td>
                        <span class="row-actions">
                          <button
                            type="button"
                            class="button small-button"
                            onClick={() => test(key.key_id)}
                          >
                            Test
                          </button>
                          <button
                            type="button"
                            class="button small-button"
                            onClick={() => change(key.key_id, { enabled: !key.enabled })}
                          >
                            {key.enabled ? "Pause" : "Use"}
                          </button>
                          <ConfirmButton
                            label="Remove"
                            class="button small-button danger"
                            title={`Remove ${titleOf(key.provider)} …${key.last_four}?`}
                            action="Remove it"
                            act={() => remove(key.key_id)}
                            problem={changing.failure?.message ?? null}
                          >
                            <p>
                              Calls that need it fail unless there is another key for this provider.
                              The key itself stays valid at the provider.
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
      <AddKey project={project} choices={choices} added={again} />
    </>
  );
}

function Health({ shown: { readable, enabled, health } }: { shown: ShownProviderKey }) {
  if (!readable) {
    return (
      <span class="state error">
        <Icon name="error" /> cannot be decrypted: remove it and add it again
      </span>
    );
  }
  if (!enabled) return <span class="muted">paused</span>;
  if (health.state === "ok") {
    return (
      <span class="state ok">
        <Icon name="check" /> ok
      </span>
    );
  }
  return (
    <span class={health.state === "refused" ? "state error" : "state warning"}>
      <Icon name="warning" /> {health.state === "refused"
        ? `refused by the provider (${health.status})`
        : `rests after a ${health.status}`}
    </span>
  );
}

function AddKey(
  { project, choices, added }: {
    project: string;
    choices: readonly ProviderChoice[];
    added: () => Promise<void>;
  },
) {
  const [provider, setProvider] = useState(choices[0]?.name ?? "");
  const kinds = choices.find(({ name }) => name === provider)?.kinds ?? ["api_key"];
  const [chosen, setKind] = useState<Kind>("api_key");
  const kind = kinds.includes(chosen) ? chosen : kinds[0] ?? "api_key";
  const [done, setDone] = useState<string | null>(null);
  const adding = useAction();
  const problem = (field: string) => problemOf(adding.failure, field);

  const add = async (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const element = event.currentTarget;
    const form = new FormData(element);
    setDone(null);
    const result = await adding.run<ShownProviderKey>(() =>
      route().$post({
        param: { id: project },
        json: {
          provider,
          name: textOf(form, "name"),
          priority: Number(textOf(form, "priority") || 0),
          credential: credentialOf(kind, form),
        },
      })
    );
    if (!result.ok) return;
    setDone("Kept. Test it in the list above.");
    element.reset();
    await added();
  };

  return (
    <section class="card" aria-labelledby="add-key-title">
      <header class="card-head">
        <h2 id="add-key-title">Add a provider key</h2>
      </header>
      <form class="form-grid padded" onSubmit={add}>
        <Choice
          name="provider"
          label="Provider"
          value={provider}
          options={choices.map(({ name, title }) => [name, title])}
          onPick={setProvider}
          problem={problem("provider")}
        />
        {kinds.length > 1 && (
          <Choice
            name="kind"
            label="Kind"
            value={kind}
            options={kinds.map((each) => [each, kindWords[each]])}
            // Only kinds are offered.
            onPick={(value) => setKind(value as Kind)}
            problem={problem("credential.kind")}
          />
        )}
        <Secret kind={kind} problem={problem} />
        <Field name="name" label="Name, for people" placeholder="team budget" />
        <Field
          name="priority"
          label="Priority, lower is first"
          type="number"
          value="0"
          problem={problem("priority")}
        />
        <FormFoot
          action="Keep this key"
          busy={adding.busy}
          failure={adding.failure?.message ?? null}
          done={done}
        />
      </form>
    </section>
  );
}

function Secret(
  { kind, problem }: { kind: Kind; problem: (field: string) => string | null },
) {
  const field = (name: string, label: string, secret: boolean, more = {}) => (
    <Field
      key={name}
      name={name}
      label={label}
      type={secret ? "password" : "text"}
      required
      problem={problem(`credential.${name}`)}
      {...more}
    />
  );
  switch (kind) {
    case "api_key":
      return field("key", "API key", true);
    case "aws":
      return (
        <>
          {field("access_key_id", "Access key id", false)}
          {field("secret_access_key", "Secret access key", true)}
          {field("region", "Region", false, { placeholder: "us-east-1", required: false })}
        </>
      );
    case "azure":
      return (
        <>
          {field("key", "API key", true)}
          {field("endpoint", "Address of the resource", false, {
            placeholder: "https://name.openai.azure.com",
          })}
          {field("api_version", "API version", false, { required: false })}
        </>
      );
    case "service_account":
      return field("json", "The file that Google Cloud gives", false, { rows: 6 });
  }
}

function credentialOf(kind: Kind, form: FormData) {
  const text = (name: string) => textOf(form, name);
  switch (kind) {
    case "api_key":
      return { kind, key: text("key") };
    case "aws":
      return {
        kind,
        access_key_id: text("access_key_id"),
        secret_access_key: text("secret_access_key"),
        region: text("region") || null,
      };
    case "azure":
      return {
        kind,
        key: text("key"),
        endpoint: text("endpoint"),
        api_version: text("api_version") || null,
      };
    case "service_account":
      return { kind, json: text("json") };
  }
}

function trialText({ outcome, message, models, latency_ms }: Trial): string {
  const listed = models === null ? "" : `, ${models} models`;
  return outcome === "accepted"
    ? `Accepted${listed}, ${formatDuration(latency_ms)}.`
    : `${message}`;
}
