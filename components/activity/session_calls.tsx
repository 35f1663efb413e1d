/**
 * A session as a conversation: what was asked and answered in each of its calls, and the tools that were
 * used between them.
 *
 * @module
 */
import type { SessionCall, ToolUse } from "@/core/analytics/trace_types.ts";
import { exactCount, formatCount, formatDuration } from "../format.ts";
import { Icon } from "../icon.tsx";
import { LocalTime } from "../local_time.tsx";
import { exactUsd, formatUsd } from "../money.ts";
import { Status } from "../requests/cells.tsx";
import { callHref } from "../requests/table.tsx";
import { VisibleText } from "../visible_text.tsx";

interface SessionCallsProps {
  readonly calls: readonly SessionCall[];
  readonly tools: readonly ToolUse[];
  readonly url: URL;
}

export function SessionCalls({ calls, tools, url }: SessionCallsProps) {
  if (calls.length === 0) {
    return <p class="muted">Only spans were recorded for this session, no call of a model.</p>;
  }
  const askedBy = Map.groupBy(tools, ({ asked_by }) => asked_by ?? "");
  return (
    <ol class="session-calls" role="list">
      {calls.map((call, index) => (
        <li key={call.event_id} class="card">
          {/* An agent's further steps answer the same question. */}
          {call.asked !== calls[index - 1]?.asked && <Said who="user" text={call.asked} />}
          <Said who="answer" text={call.answered} />
          <p class="session-head">
            <a class="session-link" href={callHref(url, call.event_id)}>
              <VisibleText text={call.model || "no model named"} most={80} />
            </a>
            <Status row={call} />
            <span class="muted small">
              <LocalTime at={call.timestamp} />
            </span>
          </p>
          <p class="small muted num session-figures">
            <span>{formatDuration(call.latency_ms)}</span>
            <span title={exactCount(call.tokens_input)}>{formatCount(call.tokens_input)} in</span>
            <span title={exactCount(call.tokens_output)}>
              {formatCount(call.tokens_output)} out
            </span>
            <span {...(call.cost_usd && { title: exactUsd(call.cost_usd) })}>
              {call.cost_usd === null ? "no price" : formatUsd(call.cost_usd)}
            </span>
          </p>
          {(askedBy.get(call.event_id) ?? []).map((tool) => (
            <p key={tool.tool_call_id} class="session-tool small">
              <Icon name="tool" size={14} />
              <VisibleText text={tool.name} most={80} />
              <span class="muted num">
                {tool.duration_ms === null ? "not answered" : formatDuration(tool.duration_ms)}
              </span>
            </p>
          ))}
        </li>
      ))}
    </ol>
  );
}

/** Characters of a text that are shown; the call's own page has all of it. */
const mostShown = 600;

function Said({ who, text }: { who: "user" | "answer"; text: string }) {
  if (!text.trim()) return null;
  return (
    <div class={`message ${who}`}>
      <p class="prose-text">
        <span class="sr">{who === "user" ? "User: " : "Answer: "}</span>
        <VisibleText text={text} most={mostShown} />
      </p>
    </div>
  );
}
