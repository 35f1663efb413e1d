/**
 * A body as it went over the wire, folded. JSON is indented; what is long is cut here and whole in the
 * download.
 *
 * @module
 */
import type { BodyInfo, EventRow } from "@/core/analytics/types.ts";
import { exactCount, formatBytes } from "../format.ts";
import { indented } from "../indented.ts";
import { pathPart } from "../page_url.ts";
import { CopyBody } from "./copy_body.tsx";
import { VisibleText } from "../visible_text.tsx";

interface RawProps {
  readonly title: string;
  readonly side: "request" | "response";
  /** Null when it is not text or was not kept. */
  readonly body: string | null;
  readonly info: BodyInfo | null;
  readonly event: EventRow;
  readonly project: string;
}

const longest = 60_000;
/** A longer body is shown as it came. */
const longestIndented = 400_000;

export function Raw({ title, side, body, info, event, project }: RawProps) {
  const address = `/v1/analytics/event/${pathPart(event.event_id)}?` +
    new URLSearchParams({ project_id: project, raw: "true" });
  const text = body === null || body.length > longestIndented ? body : indented(body);
  return (
    <details class="card flush raw">
      <summary>
        <h2>{title}</h2>
        <span class="small muted num">{info ? described(info) : "not kept"}</span>
      </summary>
      <div class="raw-body">
        {text !== null && <CopyBody address={address} side={side} />}
        {text === null
          ? (
            <p class="muted pad">
              {info
                ? "This body is not text: the event's JSON has it in base64."
                : "This body was not kept."} {info && <a href={address}>Event as JSON</a>}
            </p>
          )
          : (
            <pre
              tabindex={0}
              role="region"
              aria-label={title}
            ><VisibleText text={text.slice(0, longest)} most={longest} /></pre>
          )}
        {text !== null && text.length > longest && (
          <p class="small muted pad">
            {exactCount(text.length - longest)} further characters:{" "}
            <a href={address}>event as JSON</a>
          </p>
        )}
      </div>
    </details>
  );
}

function described(info: BodyInfo): string {
  const size = info.truncated
    ? `${formatBytes(info.bytes)} kept of ${formatBytes(info.original_bytes)}`
    : formatBytes(info.original_bytes);
  return [info.content_type?.slice(0, 80), size].filter(Boolean).join(", ");
}
