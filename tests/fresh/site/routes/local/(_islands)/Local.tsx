import { useSignal } from "@preact/signals";

/** An island beside the route that uses it. */
export default function Local({ text }: { text: string }) {
  const on = useSignal(false);
  return (
    <button type="button" id="local" onClick={() => on.value = true}>
      {on.value ? text : "off"}
    </button>
  );
}
