/**
 * The headers that were kept of a call, in both directions, folded.
 *
 * @module
 */
import type { KeptHeaders } from "@/core/event/call.ts";
import { countOf } from "../format.ts";
import { CopyText } from "../copy_text.tsx";
import { VisibleText } from "../visible_text.tsx";

export function Headers({ headers }: { headers: KeptHeaders | null }) {
  const { request = {}, response = {} } = headers ?? {};
  return (
    <details class="card flush raw">
      <summary>
        <h2>Headers</h2>
        <span class="small muted num">
          {headers ? counted(request, response) : "none are kept"}
        </span>
      </summary>
      <div class="raw-body kept-headers">
        {headers === null && (
          <p class="muted">
            No headers are kept of this call: it was recorded by somebody else, or before WatchLLM
            kept any, or its bodies have been removed.
          </p>
        )}
        {headers && <Side title="Request headers" fields={request} none="of the request" />}
        {headers && <Side title="Answer headers" fields={response} none="of the answer" />}
        {headers && (
          <p class="small muted">
            Keys, cookies and what looks like a credential are never kept.
          </p>
        )}
      </div>
    </details>
  );
}

type Fields = KeptHeaders["request"];

function counted(request: Fields, response: Fields): string {
  const [asked, answered] = [request, response].map((fields) => Object.keys(fields).length);
  return `${countOf(asked ?? 0, "header")} of the request, ${answered} of the answer`;
}

interface SideProps {
  readonly title: string;
  readonly fields: Fields;
  /** Ends the sentence that there is none. */
  readonly none: string;
}

function Side({ title, fields, none }: SideProps) {
  const all = Object.entries(fields).sort(([a], [b]) => a < b ? -1 : 1);
  const text = all.map(([name, value]) => `${name}: ${value}`).join("\n");
  return (
    <section aria-label={title}>
      <header class="card-head">
        <h3>{title}</h3>
        {all.length > 0 && <CopyText text={text} icon="copy" label="Copy" />}
      </header>
      {all.length === 0 ? <p class="small muted">None was kept {none}.</p> : (
        <dl class="pairs">
          {all.map(([name, value]) => (
            <div key={name}>
              <dt class="muted">
                <code>{name}</code>
              </dt>
              <dd class="break">
                <code>
                  <VisibleText text={value} />
                </code>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}
