/**
 * Stands where the figures would, while ClickHouse cannot be read: no number is better than a wrong one.
 *
 * @module
 */
export function NoFigures({ retry }: { retry: () => void }) {
  return (
    <section class="card empty-card" aria-label="Figures">
      <div class="empty">
        <p>
          <strong>Figures cannot be read right now.</strong>
        </p>
        <p class="muted">
          Calls go on through the gateway and are kept in the log. The figures appear here as soon
          as ClickHouse answers.
        </p>
        <p>
          <button type="button" class="button" onClick={retry}>Try now</button>
        </p>
      </div>
    </section>
  );
}
