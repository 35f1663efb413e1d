/**
 * What is open beside a list, kept in the address: a link to it opens it as well, and going back closes
 * it.
 *
 * @module
 */
import { useEffect, useState } from "preact/hooks";

export interface OpenItem {
  /** Null: nothing is open. */
  readonly id: string | null;
  open(id: string): void;
  close(): void;
}

/** Marks the step of the history that was made by opening. */
const step = { opensItem: true };

/**
 * @param name the parameter of the address that says what is open
 * @param start what the page was asked for with
 */
export function useOpenItem(name: string, start: string | null): OpenItem {
  const [id, setId] = useState(start);
  useEffect(() => {
    const onPopState = () => setId(new URL(location.href).searchParams.get(name));
    addEventListener("popstate", onPopState);
    return () => removeEventListener("popstate", onPopState);
  }, [name]);
  return {
    id,
    open(next) {
      // The first is a step of its own, which going back undoes; the next ones stand in its place.
      if (id === null) history.pushState(step, "", addressWith(name, next));
      else history.replaceState(history.state, "", addressWith(name, next));
      setId(next);
    },
    close() {
      if (id !== null && history.state?.opensItem) return history.back();
      history.replaceState(history.state, "", addressWith(name, null));
      setId(null);
    },
  };
}

function addressWith(name: string, id: string | null): URL {
  const address = new URL(location.href);
  if (id === null) address.searchParams.delete(name);
  else address.searchParams.set(name, id);
  return address;
}
