/**
 * The dashboard as it looks with the demo's traffic, in the look of the page around it.
 *
 * @module
 */
import { asset } from "fresh/runtime";

const looks = ["light", "dark"] as const;
const what =
  "The overview: spend, requests, errors, latency and tokens of 30 days, above charts of " +
  "requests and cost by day and a table of models.";

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
      <figcaption class="small muted">A month of the demo's traffic.</figcaption>
    </figure>
  );
}
