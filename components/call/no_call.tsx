/**
 * Stands in a call's place while ClickHouse cannot be read.
 *
 * @module
 */
export function NoCall({ back, here }: { back: string; here: string }) {
  return (
    <section class="card empty" aria-label="Call">
      <p>
        <strong>The call cannot be read right now.</strong>
      </p>
      <p class="muted">It is safe in the log, and here again as soon as ClickHouse answers.</p>
      <p class="actions">
        <a class="button" href={here}>Try now</a> <a class="button" href={back}>All requests</a>
      </p>
    </section>
  );
}
