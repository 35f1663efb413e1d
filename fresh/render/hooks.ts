/**
 * What happens to elements while a document is rendered. Preact's option hooks are put in place for
 * one synchronous rendering and taken away after it, so nothing is patched between requests.
 *
 * @module
 */
import { Fragment, h, options } from "preact";
import { useContext } from "preact/hooks";
import { lockAsset, lockSrcSet } from "../asset_url.ts";
import type { AnyVNode } from "../component.ts";
import { appendChild } from "./append_child.ts";
import { Boot } from "./boot.ts";
import { markCurrentLink } from "./current_link.ts";
import { HeadContext } from "./head_context.ts";
import { headIdentity, isMovable } from "./head_elements.ts";
import { renderIsland } from "./island.ts";
import type { RenderState } from "./render_state.ts";
import { SlotContent } from "./slot.ts";

/** Preact's hooks around an element; `__b` and `__r` are the published, mangled names. */
interface Hooks {
  vnode?: Hook | undefined;
  __b?: Hook | undefined;
  diffed?: Hook | undefined;
}
type Hook = (vnode: AnyVNode) => void;

/** Runs a rendering with the hooks in place. */
export function withHooks<T>(state: RenderState, render: () => T): T {
  // The internal hooks are not part of preact's public option type.
  const hooks = options as Hooks;
  const previous: Hooks = { vnode: hooks.vnode, __b: hooks.__b, diffed: hooks.diffed };
  hooks.vnode = (vnode) => {
    onCreate(state, vnode);
    previous.vnode?.(vnode);
  };
  hooks.__b = (vnode) => {
    onEnter(state, vnode);
    previous.__b?.(vnode);
  };
  hooks.diffed = (vnode) => {
    if (isComponent(vnode)) state.inIsland.pop();
    previous.diffed?.(vnode);
  };
  try {
    return render();
  } finally {
    Object.assign(hooks, previous);
  }
}

/** An element was made by a component that is being rendered. */
function onCreate(state: RenderState, vnode: AnyVNode): void {
  if (vnode.type === "a") markCurrentLink(vnode.props, state.pathname);
  if (vnode.type === "script" || vnode.type === "style") vnode.props.nonce ||= state.nonce;
}

/** An element is about to be rendered. */
function onEnter(state: RenderState, vnode: AnyVNode): void {
  if (isComponent(vnode)) {
    enterComponent(state, vnode);
    return;
  }
  if (vnode.type === "html") state.hasHtml = true;
  if (vnode.type === "head") {
    state.hasHead = true;
    appendChild(vnode, h(RemainingHead, { state }));
  }
  if (vnode.type === "body") {
    state.hasBody = true;
    appendChild(vnode, h(Boot, { state }));
  }
  if (vnode.type === "img" || vnode.type === "source") lockSources(vnode.props, state.basePath);
  if (isMovable(vnode.type) && !state.own.has(vnode)) makeMovable(state, vnode, vnode.type);
}

function enterComponent(state: RenderState, vnode: AnyVNode): void {
  const isOwn = state.own.has(vnode);
  if (vnode.type === SlotContent) {
    // What stands in a slot was written outside the island, so islands in it are islands again.
    state.inIsland.push(false);
    return;
  }
  if (isOwn || state.insideIsland) {
    state.inIsland.push(true);
    return;
  }
  state.inIsland.push(false);
  const island = state.build?.island(vnode.type);
  if (island !== undefined) renderIsland(state, vnode, island);
}

/** Renders the element where it stands, in the head, or not at all, as `<Head>` around it says. */
function makeMovable(state: RenderState, vnode: AnyVNode, type: string): void {
  const identity = headIdentity(type, vnode);
  const key = vnode.key;
  vnode.type = function HeadElement(props: Record<string, unknown>) {
    const inHead = useContext(HeadContext);
    const element = h(type, key ? { ...props, "data-key": key } : props);
    state.own.add(element);
    if (inHead) {
      state.head.set(identity, element);
      return null;
    }
    const replacement = state.head.get(identity);
    state.head.delete(identity);
    return replacement ?? element;
  };
  // It became a component, and `diffed` will be called for it as for one.
  state.inIsland.push(state.insideIsland);
}

/** What `<Head>` collected and nothing in the document's own head took the place of. */
function RemainingHead({ state }: { state: RenderState }) {
  return h(Fragment, null, [...state.head.values()]);
}

function lockSources(props: Record<string, unknown>, basePath: string): void {
  if (props["data-fresh-disable-lock"]) return;
  if (typeof props.src === "string") props.src = lockAsset(props.src, basePath);
  if (typeof props.srcset === "string") props.srcset = lockSrcSet(props.srcset, basePath);
}

function isComponent(vnode: AnyVNode): boolean {
  return typeof vnode.type === "function" && vnode.type !== Fragment;
}
