/**
 * Comments that delimit islands and slots in the document. The browser finds its work by them; the
 * format is `frsh:<kind>:<details>` and `/frsh:<kind>`.
 *
 * @module
 */
import { type ComponentChildren, Fragment, h } from "preact";
import type { AnyVNode } from "../component.ts";

/** Puts markers around content. */
export function between(
  kind: "island" | "slot",
  details: string,
  content: ComponentChildren,
): AnyVNode {
  return h(Fragment, null, comment(`frsh:${kind}:${details}`), content, comment(`/frsh:${kind}`));
}

/** preact-render-to-string writes a Fragment with this prop as a comment. */
function comment(text: string): AnyVNode {
  const props: object = { UNSTABLE_comment: text };
  return h(Fragment, props);
}
