/**
 * The components that routes, layouts and the app wrapper export. They may be async functions, in
 * which case they run before rendering starts and may also answer with a `Response`.
 *
 * @module
 */
import { type AnyComponent, h, type VNode } from "preact";

/** A page, layout or app wrapper; its props depend on its route, which the registry can't know. */
// deno-lint-ignore no-explicit-any -- one list holds the components of all routes
export type PageComponent = AnyComponent<any>;

/** A vnode whose props are nobody's business here. */
// deno-lint-ignore no-explicit-any -- preact's own type for "any element"
export type AnyVNode = VNode<any>;

/** Whether a component is an async function. */
function isAsyncComponent(component: PageComponent): boolean {
  return component.constructor.name === "AsyncFunction";
}

/** An element of the component; an async one is awaited, and may answer the request itself. */
export async function toElement(
  component: PageComponent,
  props: object,
): Promise<AnyVNode | Response | null> {
  if (!isAsyncComponent(component)) return h(component, props);
  // An async component can only be a function: a class's constructor has another name.
  const run = component as (props: object) => Promise<AnyVNode | Response | null>;
  return await run(props);
}
