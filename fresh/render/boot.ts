/**
 * The end of the body: contents of slots that no island showed, and the one script that revives
 * the islands. A page without islands gets neither.
 *
 * @module
 */
import { Fragment, h } from "preact";
import type { AnyVNode } from "../component.ts";
import { stringify } from "../wire/stringify.ts";
import type { RenderState } from "./render_state.ts";
import { slotOf } from "./slot.ts";

/** Renders once, wherever the body ends. */
export function Boot({ state }: { state: RenderState }): AnyVNode | null {
  if (state.hasBoot) return null;
  state.hasBoot = true;
  // The slots come first: islands inside them must be known to the script.
  return h(Fragment, null, h(HiddenSlots, { state }), h(BootScript, { state }));
}

function HiddenSlots({ state }: { state: RenderState }): AnyVNode {
  const hidden = state.slots.filter((slot) => !slot.shown);
  return h(
    Fragment,
    null,
    hidden.map(({ id, name, content }) => {
      // A slot's content is what a component was given as children.
      const template = h("template", { id: `frsh-${id}-${name}` }, content as AnyVNode);
      state.own.add(template);
      return template;
    }),
  );
}

function BootScript({ state }: { state: RenderState }): AnyVNode | null {
  const { build, basePath, uses } = state;
  if (uses.length === 0 || build === null) return null;
  const islands = state.islands();
  const imports = islands.map(({ exportName, file }, i) => {
    return `import{${exportName} as i${i}}from${quote(basePath + file)};`;
  });
  const names = islands.map(({ name }, i) => `${quote(name)}:i${i}`).join(",");
  const payload = quote(stringify(uses.map((use) => use.props), slotOf));
  const entry = quote(basePath + build.clientEntry);
  const code = `import{boot}from${entry};${imports.join("")}boot({${names}},${payload});`;
  const script = h("script", {
    type: "module",
    "data-build": build.version,
    dangerouslySetInnerHTML: { __html: code },
  });
  state.own.add(script);
  return script;
}

/**
 * A string literal that can stand in a script element: without `<` there is no end tag and no
 * comment in it, and the line separators that end a line in old engines are escaped.
 */
function quote(text: string): string {
  return JSON.stringify(text)
    .replaceAll("<", "\\u003C")
    .replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029");
}
