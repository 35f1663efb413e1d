/**
 * Copies a whole body, which the page itself may hold in part only: it is read when it is asked for.
 *
 * @module
 */
import { CopyIcon } from "../copy_button.tsx";

interface CopyBodyProps {
  /** The event as JSON, bodies as text. */
  readonly address: string;
  readonly side: "request" | "response";
}

export function CopyBody({ address, side }: CopyBodyProps) {
  return <CopyIcon label={`the ${side}`} write={() => copied(address, side)} />;
}

async function copied(address: string, side: "request" | "response"): Promise<void> {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
  const body: unknown = (await answer.json())[side];
  await navigator.clipboard.writeText(typeof body === "string" ? body : JSON.stringify(body));
}
