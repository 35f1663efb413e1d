/**
 * The dashboard as it looks with the demo's traffic, in the look of the page around it.
 *
 * @module
 */
import { asset } from "fresh/runtime";

const looks = ["light", "dark"] as const;
const what =
  "The overview: spend, savings, requests, errors and latency of 7 days with their change, above " +
  "spend by model over time and what needs attention.";

export function DashboardPicture() {
  return (
    <figure class="site-width dashboard-picture">
      {/* The one that is hidden is lazy and therefore never fetched. */}
      {looks.map((look) => (
        <img
          key={look}
          class={`only-${look}`}
          src={asset(`/images/overview-${look}.png`)}
          width={1920}
          height={1320}
          loading="lazy"
          decoding="async"
          alt={what}
        />
      ))}
      <figcaption class="small muted">A week of the demo's traffic.</figcaption>
    </figure>
  );
}
