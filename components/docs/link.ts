/**
 * Where a document's link leads on the site: to another document, to an anchor, or to the web.
 *
 * @module
 */

/**
 * The address, or null for files that the site does not serve and schemes that do more than lead
 * somewhere.
 *
 * @example
 * ```ts
 * import { docsLink } from "@/components/docs/link.ts";
 * import { expect } from "expect";
 *
 * expect(docsLink("log.md#positions")).toBe("/docs/log#positions");
 * expect(docsLink("javascript:alert(1)")).toBe(null);
 * ```
 */
export function docsLink(href: string): string | null {
  if (href.startsWith("#")) return href;
  const document = /^(?:\.\/|docs\/)?([a-z][a-z0-9_-]*)\.md(#.*)?$/.exec(href);
  if (document) return `/docs/${document[1]}${document[2] ?? ""}`;
  const url = URL.parse(href);
  return url && /^(https?|mailto):$/.test(url.protocol) ? url.href : null;
}
