/**
 * The heading of a detail: the list that it is of, and its name.
 *
 * @module
 */
import { Icon } from "./icon.tsx";
import { VisibleText } from "./visible_text.tsx";

interface CrumbsProps {
  /** The list. */
  readonly href: string;
  readonly list: string;
  readonly name: string;
  /** Characters of the name that are shown. */
  readonly most: number;
}

export function Crumbs({ href, list, name, most }: CrumbsProps) {
  return (
    <span class="crumbs">
      <a href={href}>{list}</a>
      <Icon name="right" size={12} />
      <span class="ellipsis" title={name.slice(0, 500)}>
        <VisibleText text={name} most={most} />
      </span>
    </span>
  );
}
