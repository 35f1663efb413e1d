/**
 * A part of a whole as a bar behind the name of a row. Pixels only: the figures stand beside it.
 *
 * @module
 */
export function ShareBar({ part, whole }: { part: number; whole: number }) {
  return (
    <svg class="share-bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
      <rect width={whole > 0 ? Math.min(100, part / whole * 100) : 0} height="1" class="bar" />
    </svg>
  );
}
