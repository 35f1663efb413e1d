/**
 * Puts a value where a JSON path (`$.items[0].name`, `$['a b']`) says, making what is missing on the
 * way. Text that is put where text stands is added to it.
 *
 * @module
 */

type Step = string | number;
type Node = Record<Step, unknown>;

/**
 * @example
 * ```ts
 * import { setAtPath } from "@/core/gateway/message/json_path.ts";
 * import { expect } from "expect";
 *
 * const root = {};
 * setAtPath(root, "$.items[0].name", "Bos");
 * setAtPath(root, "$.items[0].name", "ton");
 * expect(root).toEqual({ items: [{ name: "Boston" }] });
 * ```
 */
export function setAtPath(root: Record<string, unknown>, path: string, value: unknown): void {
  const steps = stepsOf(path);
  const last = steps.pop();
  if (last === undefined) return;
  let node: Node = root;
  steps.forEach((step, i) => {
    const next = own(node, step);
    // Objects and arrays alike take a value under a name or a number.
    if (typeof next === "object" && next !== null) node = next as Node;
    else {
      const list: unknown = [];
      // An object or a list, made here.
      const made = (typeof (steps[i + 1] ?? last) === "number" ? list : {}) as Node;
      put(node, step, made);
      node = made;
    }
  });
  const known = own(node, last);
  put(node, last, typeof known === "string" && typeof value === "string" ? known + value : value);
}

/** The names and indexes of a path. An index beyond reason is taken for a name. */
function stepsOf(path: string): Step[] {
  const found = path.matchAll(/\.([^.[\]]+)|\[(\d{1,4})\]|\['((?:[^'\\]|\\.)*)'\]/g);
  return [...found].map(([, name, index, quoted]) =>
    index !== undefined ? Number(index) : (name ?? quoted ?? "").replace(/\\(.)/g, "$1")
  );
}

function own(node: Node, step: Step): unknown {
  return Object.hasOwn(node, step) ? node[step] : undefined;
}

/** A name such as `__proto__` must become a member, not the object's prototype. */
function put(node: Node, step: Step, value: unknown): void {
  Object.defineProperty(node, step, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}
