/**
 * Code to copy. Without script the button is not there and the text can be selected as it is.
 *
 * @module
 */
import { CopyButton } from "./copy_button.tsx";

interface CodeBlockProps {
  readonly code: string;
  /** What is being copied, for screen readers, e.g. `the OpenAI snippet`. */
  readonly label: string;
  /** A part of the code that is worth seeing first. */
  readonly mark?: string;
}

export function CodeBlock({ code, label, mark }: CodeBlockProps) {
  return (
    <div class="code">
      <pre tabindex={0} role="region" aria-label={label}><code>{marked(code, mark)}</code></pre>
      <CopyButton text={code} label={label} />
    </div>
  );
}

function marked(code: string, mark: string | undefined) {
  if (!mark) return code;
  const at = code.indexOf(mark);
  if (at < 0) return code;
  return (
    <>
      {code.slice(0, at)}
      <span class="fresh">{mark}</span>
      {code.slice(at + mark.length)}
    </>
  );
}
