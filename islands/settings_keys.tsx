/**
 * The project's keys: made, shown once, revoked by typing.
 *
 * @module
 */
import { hc } from "hono/client";
import { useState } from "preact/hooks";
import { CodeBlock } from "@/components/code_block.tsx";
import { ConfirmButton } from "@/components/confirm.tsx";
import { useReadable } from "@/components/data/use_readable.ts";
import { Choice, textOf } from "@/components/form/field.tsx";
import { FormFoot } from "@/components/form/form_foot.tsx";
import { useForm } from "@/components/form/use_form.ts";
import { formatAgo } from "@/components/format.ts";
import type { KeyList } from "@/components/settings/types.ts";
import { actions, TableCard } from "@/components/table_card.tsx";
import { useZone } from "@/components/use_zone.ts";
import { formatInstant } from "@/components/zone.ts";
import type { ApiType } from "@/routes/(_api)/app.ts";

interface ProjectKeysProps {
  readonly project: string;
  readonly start: KeyList;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const route = hc<ApiType>("/").v1.projects[":id"].keys;

export function ProjectKeys({ project, start, now }: ProjectKeysProps) {
  const param = { id: project };
  const list = useReadable<KeyList>(start, () => route.$get({ param }));
  const [made, setMade] = useState<string | null>(null);
  const zone = useZone();
  const form = useForm<{ key: string }>({
    ask: (data) => {
      const environment = textOf(data, "environment") === "test" ? "test" : "live";
      return route.$post({ param, json: { environment } });
    },
    async then({ key }) {
      setMade(key);
      await list.again();
      return "";
    },
  });

  return (
    <div class="settings">
      <section class="card" aria-labelledby="new-key-title">
        <header class="card-head">
          <h2 id="new-key-title">Make a key</h2>
        </header>
        <form class="inline-form" onSubmit={form.onSubmit}>
          <Choice
            name="environment"
            label="For"
            options={[["live", "live: your application"], ["test", "test: trying things out"]]}
          />
          <FormFoot action="Make a key" form={form} />
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
      <TableCard
        title="Keys of this project"
        columns={["Key", "For", "Made", "Last used", actions]}
        empty="None yet: calls need one."
      >
        {[...list.value.keys].reverse().map((key) => (
          <tr key={key.key_id} class={key.revoked_at ? "muted" : ""}>
            <th scope="row">
              <code>{`wl_${key.environment}_${key.key_id}_…`}</code>
            </th>
            <td>{key.environment}</td>
            <td class="num">{formatInstant(key.created_at, zone)}</td>
            <td class="num">{key.last_used_at ? formatAgo(key.last_used_at, now) : "never"}</td>
            <td>
              <span class="row-actions">
                {key.revoked_at
                  ? <span class="small">revoked {formatInstant(key.revoked_at, zone)}</span>
                  : (
                    <ConfirmButton<unknown>
                      label="Revoke"
                      danger
                      title={`Revoke the key ${key.key_id}?`}
                      action="Revoke it"
                      typed={key.key_id}
                      ask={() =>
                        route[":key_id"].$delete({ param: { id: project, key_id: key.key_id } })}
                      then={list.again}
                    >
                      <p>Calls with it are refused within five seconds. This cannot be undone.</p>
                    </ConfirmButton>
                  )}
              </span>
            </td>
          </tr>
        ))}
      </TableCard>
    </div>
  );
}
