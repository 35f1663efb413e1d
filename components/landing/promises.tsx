/**
 * What it guarantees. Each of these has a test that would fail if it were not so.
 *
 * @module
 */
const promises = [
  [
    "Acknowledged is never lost",
    "An answer ends after its event is committed. Kill any process at any moment: nothing acknowledged is missing, and analytics hold each call exactly once.",
  ],
  [
    "Money you can trust",
    "Disjoint token buckets, exact decimals, and the price's source and version on every row. An unknown price is shown as unknown, never as zero.",
  ],
  [
    "Your bytes are the provider's bytes",
    "Status, body and stream chunks come back as they were sent, errors too. The first byte is not held back.",
  ],
  [
    "Nothing else leaves your machine",
    "Only the calls go out, to the provider you chose. Log, analytics and dashboard run beside your application; project keys are stored as digests, and no key reaches a log line or an event.",
  ],
] as const;

export function Promises() {
  return (
    <section class="site-width section" aria-labelledby="promises-title">
      <h2 id="promises-title">What it guarantees</h2>
      <dl class="promises">
        {promises.map(([title, text]) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd class="muted">{text}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
