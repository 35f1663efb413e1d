/**
 * The project's keys: made, shown once, revoked by typing.
 *
 * @module
 */
import { hc } from "hono/client";
import { useEffect, useState } from "preact/hooks";
import { CodeBlock } from "@/components/code_block.tsx";
import { ConfirmButton } from "@/components/confirm.tsx";
import { read } from "@/components/data/read.ts";
import { useAction } from "@/components/data/use_action.ts";
import { formatAgo } from "@/components/format.ts";
import { Choice, FormFoot, textOf } from "@/components/settings/field.tsx";
import type { KeyList } from "@/components/settings/types.ts";
import { formatInstant, viewerZone } from "@/components/zone.ts";
import type { ApiType } from "@/routes/(_api)/app.ts";

interface ProjectKeysProps {
  readonly project: string;
  readonly start: KeyList;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const route = () => hc<ApiType>("/").v1.projects[":id"].keys;

export function ProjectKeys({ project, start, now }: ProjectKeysProps) {
  const [keys, setKeys] = useState(start.keys);
  const [made, setMade] = useState<string | null>(null);
  const [zone, setZone] = useState("UTC");
  useEffect(() => setZone(viewerZone()), []);
  const making = useAction();
  const revoking = useAction();
  const param = { id: project };

  const again = async () => {
    const signal = AbortSignal.timeout(20_000);
    const got = await read<KeyList>(() => route().$get({ param }), { signal });
    if (got.ok) setKeys(got.value.keys);
  };
  const make = async (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const form = new FormData(event.currentTarget);
    const environment = textOf(form, "environment") === "test" ? "test" as const : "live" as const;
    const done = await making.run<{ key: string }>(() =>
      route().$post({ param, json: { environment } })
    );
    if (!done.ok) return;
    setMade(done.value.key);
    await again();
  };
  const revoke = async (key_id: string) => {
    const done = await revoking.run<unknown>(() =>
      route()[":key_id"].$delete({ param: { id: project, key_id } })
    );
    await again();
    return done.ok;
  };
  const shown = [...keys].reverse();

  return (
    <div class="settings">
      <section class="card" aria-labelledby="new-key-title">
        <header class="card-head">
          <h2 id="new-key-title">Make a key</h2>
        </header>
        <form class="inline-form" onSubmit={make}>
          <Choice
            name="environment"
            label="For"
            options={[["live", "live: your application"], ["test", "test: trying things out"]]}
          />
          <FormFoot
            action="Make a key"
            busy={making.busy}
            failure={making.failure?.message ?? null}
          />
        </form>
        {made && (
          <div class="secret-once" role="status">
            <p>
              <strong>Copy it now: it is not shown again.</strong>{" "}
              Only its digest is kept. Calls with it are recorded in this project.
            </p>
            <CodeBlock code={made} label="the new key" />
          </div>
        )}
      </section>
      <section class="card flush" aria-labelledby="keys-title">
        <header class="card-head">
          <h2 id="keys-title">Keys of this project</h2>
        </header>
        <div class="scroll" role="region" aria-label="Keys of this project" tabindex={0}>
          <table class="rows">
            <thead>
              <tr>
                <th scope="col">Key</th>
                <th scope="col">For</th>
                <th scope="col">Made</th>
                <th scope="col">Last used</th>
                <th scope="col">
                  <span class="sr">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.map((key) => (
                <tr key={key.key_id} class={key.revoked_at ? "muted" : ""}>
                  <th scope="row">
                    <code>{`wl_${key.environment}_${key.key_id}_…`}</code>
                  </th>
                  <td>{key.environment}</td>
                  <td class="num">{formatInstant(key.created_at, zone)}</td>
                  <td class="num">
                    {key.last_used_at ? formatAgo(key.last_used_at, now) : "never"}
                  </td>
                  <td>
                    <span class="row-actions">
                      {key.revoked_at
                        ? <span class="small">revoked {formatInstant(key.revoked_at, zone)}</span>
                        : (
                          <ConfirmButton
                            label="Revoke"
                            class="button small-button danger"
                            title={`Revoke the key ${key.key_id}?`}
                            action="Revoke it"
                            typed={key.key_id}
                            act={() => revoke(key.key_id)}
                            problem={revoking.failure?.message ?? null}
                          >
                            <p>
                              Calls with it are refused within five seconds. This cannot be undone.
                            </p>
                          </ConfirmButton>
                        )}
                    </span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </section>
    </div>
  );
}
