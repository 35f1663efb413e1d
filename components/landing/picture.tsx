/**
 * The dashboard as it looks with the demo's traffic.
 *
 * @module
 */
import { ThemedPicture } from "./themed_picture.tsx";

const what =
  "The overview: spend, savings, requests, errors and latency of 7 days with their change, above " +
  "spend by model over time and what needs attention.";

export function DashboardPicture() {
  return (
    <figure class="site-width dashboard-picture">
      <ThemedPicture name="overview" width={1920} height={1320} alt={what} />
      <figcaption class="small muted">A week of the demo's traffic.</figcaption>
    </figure>
  );
}
