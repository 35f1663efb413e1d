import { useSignal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";

/** Has no element of its own around what it adds. */
export function Growing({ id }: { id: string }) {
  const items = useSignal<number[]>([]);
  const add = () => items.value = [...items.value, items.value.length + 1];
  return (
    <>
      <button type="button" id={id} onClick={add}>Add</button>
      {items.value.map((item) => <p key={item} class="item">{id} {item}</p>)}
    </>
  );
}

/** Grows at once, before the island behind it is revived. */
export function Eager({ id }: { id: string }) {
  const grown = useSignal(false);
  useLayoutEffect(() => {
    grown.value = true;
  }, []);
  return (
    <>
      <p class="eager">{id} first</p>
      {grown.value && <p class="eager">{id} more</p>}
      {grown.value && <p class="eager">{id} most</p>}
    </>
  );
}

/** Nothing at first. */
export function Late({ text }: { text: string }) {
  const shown = useSignal(false);
  if (!shown.value) setTimeout(() => shown.value = true);
  return shown.value ? <p class="late">{text}</p> : null;
}

/** Rows of a table that the server wrote. */
export function Rows({ labels }: { labels: string[] }) {
  const extra = useSignal(0);
  return (
    <>
      {labels.map((label) => (
        <tr key={label} onClick={() => extra.value++}>
          <td>{label} {extra.value}</td>
        </tr>
      ))}
    </>
  );
}

/** A shape in a drawing that the server wrote. */
export function Dot() {
  const big = useSignal(false);
  return (
    <g id="dot" onClick={() => big.value = true}>
      <circle r={big.value ? 5 : 2} cx="5" cy="5" />
      {big.value && <rect width="1" height="1" />}
    </g>
  );
}
