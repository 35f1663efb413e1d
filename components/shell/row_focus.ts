/**
 * Walking through rows by key. A row is whatever has `data-row`: a link or a button that opens it, so
 * that `Enter` needs nothing more.
 *
 * @module
 */

/** Moves the focus to the next or the previous row of the page; false when there is none. */
export function moveRow(step: 1 | -1): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>("[data-row]")]
    .filter((row) => row.getClientRects().length > 0);
  if (rows.length === 0) return false;
  const at = rows.findIndex((row) => row === document.activeElement);
  const open = rows.findIndex((row) => row.closest("[data-open]"));
  const from = at >= 0 ? at : open;
  const to = from < 0 ? (step === 1 ? 0 : rows.length - 1) : from + step;
  const row = rows[Math.max(0, Math.min(rows.length - 1, to))];
  row?.focus({ preventScroll: true });
  row?.scrollIntoView({ block: "nearest" });
  return true;
}
