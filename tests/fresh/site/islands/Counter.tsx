import type { Signal } from "@preact/signals";

/** Shares its count with every island that has the same signal. */
export default function Counter({ id, count }: { id: string; count: Signal<number> }) {
  return (
    <button type="button" id={id} onClick={() => count.value++}>
      Count: {count}
    </button>
  );
}
