/**
 * A call as a conversation: messages by role, reasoning folded, tool calls with arguments and results,
 * pictures that were sent along. Nothing that a message says is ever run, followed or loaded.
 *
 * @module
 */
import type { ImageSource, Transcript, Turn, TurnPart } from "@/core/transcript/types.ts";
import { exactCount, formatBytes } from "../format.ts";
import { Icon, type IconName } from "../icon.tsx";
import { indented } from "../indented.ts";
import { named } from "../named.ts";
import { VisibleText } from "../visible_text.tsx";
import { LongText } from "./long_text.tsx";

/** The beginning of a conversation, where the omitted turns come after. */
const shownFirst = 20;

export function Conversation({ transcript }: { transcript: Transcript }) {
  const { turns, omitted, answer, tools } = transcript;
  const head = omitted > 0 ? turns.slice(0, shownFirst) : turns;
  const tail = omitted > 0 ? turns.slice(shownFirst) : [];
  if (turns.length === 0 && !answer) {
    return (
      <p class="muted pad-y">
        No messages to show: the bodies were not kept, or their format has none. What was kept is
        below.
      </p>
    );
  }
  return (
    <div class="conversation">
      {tools.length > 0 && (
        <details class="tools-offered">
          <summary class="small muted">
            <Icon name="tool" size={14} />
            {tools.length === 1
              ? "1 tool was offered"
              : `${exactCount(tools.length)} tools were offered`}
          </summary>
          <p class="small">
            {tools.slice(0, 200).map((name, index) => (
              <code key={index}>
                <VisibleText text={name} />
              </code>
            ))}
          </p>
        </details>
      )}
      {head.map((turn, index) => <Message key={`h${index}`} turn={turn} />)}
      {omitted > 0 && (
        <p class="omitted small muted">
          {exactCount(omitted)} messages in the middle are left out here: the raw request has them.
        </p>
      )}
      {tail.map((turn, index) => <Message key={`t${index}`} turn={turn} />)}
      {answer && <Message turn={answer} isAnswer />}
    </div>
  );
}

const roleIcons: Readonly<Record<string, IconName>> = {
  system: "settings",
  developer: "settings",
  user: "users",
  assistant: "models",
  tool: "tool",
};

function Message({ turn, isAnswer = false }: { turn: Turn; isAnswer?: boolean }) {
  const icon = named(roleIcons, turn.role);
  const role = icon ? turn.role : "other";
  return (
    <article class={`message ${role} ${isAnswer ? "answer" : ""}`}>
      <header class="small">
        <Icon name={icon ?? "sessions"} size={14} />
        <strong class="ellipsis">
          <VisibleText text={turn.role} most={80} />
        </strong>
        {turn.name && (
          <span class="muted ellipsis">
            <VisibleText text={turn.name} most={80} />
          </span>
        )}
        {isAnswer && <span class="muted">the answer</span>}
      </header>
      {turn.parts.length === 0 && <p class="muted small">Empty</p>}
      {turn.parts.map((part, index) => (
        <PartView key={index} part={part} {...(isInstruction(turn) && { atOnce: 400 })} />
      ))}
    </article>
  );
}

/** Instructions are the same in call after call: what was asked and answered must not wait below. */
function isInstruction({ role }: Turn): boolean {
  return role === "system" || role === "developer";
}

interface PartProps {
  readonly part: TurnPart;
  /** Characters of a text that are shown without being asked for. */
  readonly atOnce?: number;
}

function PartView({ part, ...text }: PartProps) {
  switch (part.type) {
    case "text":
      return <LongText text={part.text} cut={part.cut} {...text} />;
    case "refusal":
      return (
        <div class="refusal">
          <span class="small muted">Refused</span>
          <LongText text={part.text} cut={part.cut} />
        </div>
      );
    case "reasoning":
      return (
        <details class="reasoning">
          <summary class="small">
            <Icon name="thought" size={14} />
            {`Reasoning, ${exactCount(part.text.length + part.cut)} characters`}
          </summary>
          <LongText text={part.text} cut={part.cut} />
        </details>
      );
    case "redacted":
      return <p class="small muted">Reasoning that only its provider can read</p>;
    case "tool_call":
      return (
        <ToolBox label="calls" name={part.name} id={part.id}>
          <LongText text={indented(part.text)} cut={part.cut} code />
        </ToolBox>
      );
    case "tool_result":
      return (
        <ToolBox
          label={part.error ? "failed" : "answered"}
          name={part.name}
          id={part.id}
          failed={part.error}
        >
          <LongText text={indented(part.text)} cut={part.cut} code />
        </ToolBox>
      );
    case "image":
      return <Picture source={part.source} />;
    case "other":
      return (
        <ToolBox label="part" name={part.name} id="">
          <LongText text={part.text} cut={part.cut} code />
        </ToolBox>
      );
  }
}

interface ToolBoxProps {
  readonly label: string;
  readonly name: string;
  readonly id: string;
  readonly failed?: boolean;
  readonly children: preact.ComponentChildren;
}

function ToolBox({ label, name, id, failed = false, children }: ToolBoxProps) {
  return (
    <section class={failed ? "tool-box failed" : "tool-box"}>
      <header class="small">
        <Icon name={label === "part" ? "info" : "tool"} size={14} />
        <span class="muted">{label}</span>
        {name && (
          <code class="ellipsis">
            <VisibleText text={name} />
          </code>
        )}
        {id && (
          <span class="muted ellipsis tool-id">
            <VisibleText text={id} most={100} />
          </span>
        )}
      </header>
      {children}
    </section>
  );
}

function Picture({ source }: { source: ImageSource }) {
  if (source.kind === "data") {
    return (
      <figure class="picture">
        <img src={source.url} alt="A picture that was sent with the call" loading="lazy" />
        <figcaption class="small muted">{formatBytes(source.bytes)}</figcaption>
      </figure>
    );
  }
  if (source.kind === "withheld") {
    return (
      <p class="withheld small">
        <Icon name="image" size={14} />
        <span>
          <VisibleText text={source.media_type || "A picture of no named type"} />
          {`, ${formatBytes(source.bytes)}: not shown here, the raw request has it`}
        </span>
      </p>
    );
  }
  return (
    <p class="withheld small">
      <Icon name="image" size={14} />
      <span>
        A picture elsewhere, not loaded: <RemoteLink url={source.url} />
      </span>
    </p>
  );
}

/** Only addresses of the web become links; all others are text. */
function RemoteLink({ url }: { url: string }) {
  const isWeb = /^https?:$/.test(URL.parse(url)?.protocol ?? "");
  const text = <VisibleText text={url} />;
  return isWeb
    ? <a href={url} rel="noreferrer noopener nofollow" target="_blank">{text}</a>
    : <code>{text}</code>;
}
