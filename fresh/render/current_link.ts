/**
 * Marks links to the page being shown and to the sections it is in, for styles and screen readers.
 *
 * @module
 */

/** Adds the attributes of a current or ancestor link to an anchor's props. */
export function markCurrentLink(props: Record<string, unknown>, pathname: string): void {
  const { href } = props;
  if (typeof href !== "string" || !href.startsWith("/")) return;
  const target = withoutSlash(new URL(href, "http://localhost").pathname);
  const current = withoutSlash(pathname);
  if (target === current) {
    props["data-current"] = "true";
    props["aria-current"] = "page";
  } else if (target === "/" || current.startsWith(`${target}/`)) {
    props["data-ancestor"] = "true";
    props["aria-current"] = "true";
  }
}

function withoutSlash(path: string): string {
  return path !== "/" && path.endsWith("/") ? path.slice(0, -1) : path;
}
