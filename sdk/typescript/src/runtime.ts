/**
 * What differs between Deno, Node, Bun and browsers, found out at run time: nothing here is imported,
 * so one build serves all of them.
 *
 * @module
 */

interface NodeProcess {
  readonly env?: Readonly<Record<string, string | undefined>>;
  getBuiltinModule?(name: string): unknown;
  on?(event: "beforeExit", listener: () => void): void;
  off?(event: "beforeExit", listener: () => void): void;
}

interface Globals {
  readonly process?: NodeProcess;
  readonly Deno?: {
    unrefTimer?(id: number): void;
    env?: { get(name: string): string | undefined };
  };
  readonly document?: { readonly visibilityState?: string };
  addEventListener?(event: string, listener: () => void): void;
  removeEventListener?(event: string, listener: () => void): void;
}

/** The host's globals, of which any may be missing. */
export const host: Globals = globalThis as Globals;

/** An environment variable; undefined where there are none, or where reading them is not allowed. */
export function environment(name: string): string | undefined {
  try {
    return host.process?.env?.[name] ?? host.Deno?.env?.get(name);
  } catch {
    return undefined;
  }
}

/** A timer that does not keep the host alive by itself. */
export function quietTimeout(run: () => void, ms: number): () => void {
  const timer: unknown = setTimeout(run, ms);
  if (typeof timer === "number") host.Deno?.unrefTimer?.(timer);
  // Node's and Bun's timers are objects that have it; others are asked in vain.
  else (timer as { unref?: () => void }).unref?.();
  return () => clearTimeout(timer as ReturnType<typeof setTimeout>);
}

/** Who is told of the host's end: one listener for all, because Node warns of more than ten. */
const leaving = new Set<() => void>();
const leave = () => leaving.forEach((run) => run());

/** Calls `run` when the host is about to end by itself; the answer takes it away. */
export function onExit(run: () => void): () => void {
  if (leaving.size === 0) listen("on", "addEventListener");
  leaving.add(run);
  return () => {
    if (leaving.delete(run) && leaving.size === 0) listen("off", "removeEventListener");
  };
}

function listen(node: "on" | "off", page: "addEventListener" | "removeEventListener"): void {
  const { process } = host;
  if (process?.[node]) process[node]("beforeExit", leave);
  else if (host.document) host[page]?.("pagehide", leave);
}

/** A value that follows the asynchronous work that was begun with it. */
export interface Carrier<T> {
  run<R>(value: T, work: () => R): R;
  get(): T | undefined;
}

type AsyncLocalStorageClass = new <T>() => {
  run<R>(value: T, work: () => R): R;
  getStore(): T | undefined;
};

/**
 * Deno, Bun and Node from 20.16 carry it through `await`. Elsewhere, as in browsers, it lasts until the
 * work's first `await`; pass `parent` for what comes later.
 */
export function createCarrier<T>(): Carrier<T> {
  const hooks = host.process?.getBuiltinModule?.("node:async_hooks") as
    | { AsyncLocalStorage?: AsyncLocalStorageClass }
    | undefined;
  if (hooks?.AsyncLocalStorage) {
    const storage = new hooks.AsyncLocalStorage<T>();
    return { run: (value, work) => storage.run(value, work), get: () => storage.getStore() };
  }
  let current: T | undefined;
  return {
    run(value, work) {
      const before = current;
      current = value;
      try {
        return work();
      } finally {
        current = before;
      }
    },
    get: () => current,
  };
}
