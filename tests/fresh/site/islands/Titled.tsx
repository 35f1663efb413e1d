import { useSignal } from "@preact/signals";
import { Head } from "fresh/runtime";

/** Puts its state into the document's title. */
export default function Titled() {
  const clicks = useSignal(0);
  return (
    <>
      <Head>
        <title>Clicked {clicks.value}</title>
      </Head>
      <button type="button" id="titled" onClick={() => clicks.value++}>Click</button>
    </>
  );
}
