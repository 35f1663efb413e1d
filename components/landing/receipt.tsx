/**
 * An example of what is kept of one call: the arithmetic of its price, and where the price is from.
 *
 * @module
 */
const lines = [
  ["Input", "1,024", "$2.50", "$0.00256"],
  ["Input from provider cache", "512", "$1.25", "$0.00064"],
  ["Output", "87", "$10.00", "$0.00087"],
] as const;

export function Receipt() {
  return (
    <figure class="receipt">
      <figcaption class="small muted">Example of one recorded call</figcaption>
      <div class="receipt-head">
        <strong>openai/gpt-4o</strong>
        <span class="num muted">200, 1.24 s</span>
      </div>
      <table class="num">
        <thead class="small muted">
          <tr>
            <th scope="col">Tokens</th>
            <th scope="col" class="right">Count</th>
            <th scope="col" class="right">per million</th>
            <th scope="col" class="right">Cost</th>
          </tr>
        </thead>
        <tbody>
          {lines.map(([name, count, price, cost]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td class="right">{count}</td>
              <td class="right muted">{price}</td>
              <td class="right">{cost}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" colspan={3}>Total</th>
            <td class="right">$0.00407</td>
          </tr>
        </tfoot>
      </table>
      <p class="small muted">
        Price: genai-prices, exact match. Committed to the log before the last byte was sent.
      </p>
    </figure>
  );
}
