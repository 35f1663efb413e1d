/**
 * A plus behind a sum in a table that some calls are missing from. It hangs over, so that the digits
 * stay below each other; what it stands for is the cell's title, and said to those who hear the page.
 *
 * @module
 */
interface PartlyMarkProps {
  /** E.g. `+ 37 unpriced`. */
  readonly says: string;
}

export function PartlyMark({ says }: PartlyMarkProps) {
  return (
    <>
      <sup class="partly muted" aria-hidden="true">+</sup>
      <span class="sr">{says}</span>
    </>
  );
}
