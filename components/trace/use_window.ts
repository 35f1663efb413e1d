/**
 * The part of a long list that is on the screen. Rows have one height, so where each stands is known.
 *
 * @module
 */
import { useEffect, useRef, useState } from "preact/hooks";

/** Pixels of a row; the style sheet says the same. */
export const rowHeight = 32;
/** Rows beyond the edge that are drawn as well, so that scrolling shows no gaps. */
const spare = 12;

export interface Window {
  readonly first: number;
  readonly last: number;
}

/** The rows to draw of `count`, and the reference for the element that scrolls. */
export function useWindow(count: number, atStart: number) {
  const scroller = useRef<HTMLDivElement>(null);
  const [shown, setShown] = useState<Window>({ first: 0, last: Math.min(count, atStart) });
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const look = () => {
      const first = Math.max(0, Math.floor(element.scrollTop / rowHeight) - spare);
      const fits = Math.ceil(element.clientHeight / rowHeight) + 2 * spare;
      const next = { first, last: Math.min(count, first + fits) };
      setShown((before) =>
        before.first === next.first && before.last === next.last ? before : next
      );
    };
    look();
    element.addEventListener("scroll", look, { passive: true });
    const sizes = new ResizeObserver(look);
    sizes.observe(element);
    return () => {
      element.removeEventListener("scroll", look);
      sizes.disconnect();
    };
  }, [count]);
  const bring = (place: number) => {
    const element = scroller.current;
    if (!element) return;
    const top = place * rowHeight;
    if (top < element.scrollTop) element.scrollTop = top;
    const bottom = top + rowHeight - element.clientHeight;
    if (bottom > element.scrollTop) element.scrollTop = bottom;
  };
  return { scroller, shown, bring };
}
