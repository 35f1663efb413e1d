/** Stands beside the routes and is none. */
export function Note({ text }: { text: string }) {
  return <p class="note">{text}</p>;
}
