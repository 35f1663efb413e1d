/**
 * An id: cut in its middle when it is long, with a button that copies all of it.
 *
 * @module
 */
import { CopyButton } from "./copy_button.tsx";
import { shortenId } from "./format.ts";
import { VisibleText } from "./visible_text.tsx";

interface IdTextProps {
  readonly id: string;
  /** What is copied, e.g. `the trace id`. */
  readonly label: string;
  /** Where it leads, if anywhere. */
  readonly href?: string | null;
  /** Characters that are shown. */
  readonly keep?: number;
}

export function IdText({ id, label, href, keep = 20 }: IdTextProps) {
  const text = <VisibleText text={shortenId(id, keep)} />;
  const title = id.slice(0, 500);
  return (
    <span class="id-text">
      <CopyButton text={id} label={label} />
      {href ? <a href={href} title={title}>{text}</a> : <span title={title}>{text}</span>}
    </span>
  );
}
