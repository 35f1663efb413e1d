/**
 * A text of any length and content: the beginning at once, the rest on demand, in lines that break
 * anywhere. Fenced code is set as code.
 *
 * @module
 */
import { exactCount } from "../format.ts";
import { VisibleText } from "../visible_text.tsx";

interface LongTextProps {
  readonly text: string;
  /** Characters that are not here. */
  readonly cut: number;
  readonly code?: boolean;
  /** Characters that are shown without being asked for. @default {3000} */
  readonly atOnce?: number;
}

export function LongText({ text, cut, code = false, atOnce = 3_000 }: LongTextProps) {
  const end = text.length > atOnce * 1.5 ? endOfLine(text, atOnce) : text.length;
  const rest = text.slice(end);
  return (
    <div class={code ? "long-text code-text" : "long-text"}>
      <Pieces text={text.slice(0, end)} code={code} />
      {rest && (
        <details class="rest">
          <summary class="small">{`${exactCount(rest.length)} more characters`}</summary>
          <Pieces text={rest} code={code} />
        </details>
      )}
      {cut > 0 && (
        <p class="small muted">
          {exactCount(cut)} further characters are left out here: the raw body has them.
        </p>
      )}
    </div>
  );
}

/** Where to break: after a line when one ends near, never inside a character. */
function endOfLine(text: string, near: number): number {
  const line = text.lastIndexOf("\n", near);
  if (line > near / 2) return line + 1;
  return /[\ud800-\udbff]/.test(text[near - 1] ?? "") ? near - 1 : near;
}

function Pieces({ text, code }: { text: string; code: boolean }) {
  if (code) return <pre><VisibleText text={text} most={Infinity} /></pre>;
  return (
    <>
      {fenced(text).map(({ text, isCode }, index) =>
        isCode
          ? <pre key={index} class="fence"><VisibleText text={text} most={Infinity} /></pre>
          : (
            <p key={index} class="prose-text">
              <VisibleText text={text} most={Infinity} />
            </p>
          )
      )}
    </>
  );
}

function fenced(text: string): readonly { readonly text: string; readonly isCode: boolean }[] {
  const parts = text.split(/^```[^\n]*\n?/m);
  // An odd number of fences is no pair: the text is shown as it is.
  if (parts.length % 2 === 0 || parts.length > 400) return [{ text, isCode: false }];
  return parts
    .map((part, index) => ({ text: part.replace(/^\n+|\n+$/g, ""), isCode: index % 2 === 1 }))
    .filter((part) => part.text !== "");
}
