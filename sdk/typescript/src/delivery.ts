/**
 * Brings what is queued to the server: in batches, again and again until the server has taken it, with
 * the same ids, so that nothing is stored twice.
 *
 * Guarantees: it never throws at whoever queues; every item is either acknowledged or reported as lost,
 * once.
 *
 * @module
 */
import { type Bounds, type Item, Queue } from "./queue.ts";
import { quietTimeout } from "./runtime.ts";

/** Why events were lost. */
export type LossReason =
  /** The queue was at its bound. */
  | "queue_full"
  /** One event alone was too large. */
  | "too_large"
  /** The server does not want it: see the message. */
  | "rejected"
  /** The key is wrong, or the address is no WatchLLM. */
  | "refused"
  /** The client was closed before the server could be reached. */
  | "closed"
  /** It could not be written as JSON, or the `redact` hook failed. */
  | "unusable";

/** Events that will not arrive. */
export interface Loss {
  /** How many. */
  readonly count: number;
  /** Why. */
  readonly reason: LossReason;
  /** In words; holds nothing of the events. */
  readonly message: string;
}

/** How failed requests are repeated. Pauses double from `baseMs` to `maxMs`, with full jitter. */
export interface RetryOptions {
  /** The first pause's bound in milliseconds. */
  readonly baseMs: number;
  /** The last pauses' bound in milliseconds. */
  readonly maxMs: number;
}

export interface DeliveryOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The request's body from the items' JSON. */
  readonly body: (items: readonly string[]) => string;
  readonly queue: Bounds;
  readonly batch: Bounds;
  /** The longest that an event waits for others, in milliseconds. */
  readonly intervalMs: number;
  /** How long a request may take, in milliseconds. */
  readonly timeoutMs: number;
  readonly retry: RetryOptions;
  readonly compress: boolean;
  readonly fetch: typeof fetch;
  readonly random: () => number;
  readonly onLoss: (loss: Loss) => void;
}

/** What became of one request. */
type Outcome =
  | { readonly is: "settled"; readonly again: readonly Item[]; readonly lost: Loss | null }
  | { readonly is: "unknown"; readonly afterMs: number }
  | { readonly is: "too_large" }
  | { readonly is: "refused"; readonly message: string };

interface ItemResult {
  readonly status: number;
  readonly error?: { readonly message?: string; readonly fields?: readonly { field: string }[] };
}

/** From this size on a body is compressed. */
const compressFrom = 8 * 1024;
const passing = new Set([408, 425, 429]);

export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #queue: Queue;
  readonly #closed = new AbortController();
  #running: Promise<void> | null = null;
  #inFlight = 0;
  #unarm: (() => void) | null = null;
  /** Ends the pause before the next attempt. */
  #wake = () => {};
  #sent = 0;
  #lost = 0;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#queue = new Queue(options.queue);
  }

  get counts(): { readonly queued: number; readonly sent: number; readonly lost: number } {
    return { queued: this.#queue.length + this.#inFlight, sent: this.#sent, lost: this.#lost };
  }

  push(item: Item): void {
    if (this.#closed.signal.aborted) return this.#lose(1, "closed", "The client is closed");
    const { batch, queue } = this.#options;
    if (!this.#queue.push(item)) {
      const message = `The queue holds ${queue.items} events or ${queue.bytes} bytes already`;
      return this.#lose(1, "queue_full", message);
    }
    if (this.#queue.length >= batch.items || this.#queue.bytes >= batch.bytes) this.#start();
    else this.#arm();
  }

  /**
   * Sends what is queued now.
   *
   * @returns how many of them are not acknowledged when `withinMs` are over
   */
  async flush(withinMs: number): Promise<number> {
    this.#wake();
    const all = this.#start();
    let stop = () => {};
    const late = new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, withinMs);
      stop = () => clearTimeout(timer);
    });
    await Promise.race([all, late]);
    stop();
    return this.counts.queued;
  }

  /** Sends what is queued, then gives up on what is left. */
  async close(withinMs: number): Promise<void> {
    if (this.#closed.signal.aborted) return;
    await this.flush(withinMs);
    this.#closed.abort();
    this.#unarm?.();
    this.#wake();
    await this.#running;
    const left = this.#queue.take({ items: Infinity, bytes: Infinity }).length;
    if (left > 0) this.#lose(left, "closed", "The client was closed before they could be sent");
  }

  #arm(): void {
    this.#unarm ??= quietTimeout(() => {
      this.#unarm = null;
      this.#start();
    }, this.#options.intervalMs);
  }

  #start(): Promise<void> {
    this.#unarm?.();
    this.#unarm = null;
    return this.#running ??= this.#run().finally(() => {
      this.#running = null;
      // What came between the last look and now.
      if (this.#queue.length > 0 && !this.#closed.signal.aborted) this.#arm();
    });
  }

  async #run(): Promise<void> {
    while (!this.#closed.signal.aborted) {
      const batch = this.#queue.take(this.#options.batch);
      if (batch.length === 0) return;
      await this.#deliver(batch);
    }
  }

  async #deliver(batch: readonly Item[]): Promise<void> {
    let rest = batch;
    let failures = 0;
    this.#inFlight += batch.length;
    while (rest.length > 0) {
      const outcome = await this.#attempt(rest);
      const before = rest.length;
      switch (outcome.is) {
        case "settled":
          rest = outcome.again;
          this.#sent += before - rest.length - (outcome.lost?.count ?? 0);
          if (outcome.lost) this.#report(outcome.lost);
          break;
        case "refused":
          this.#lose(before, "refused", outcome.message);
          rest = [];
          break;
        case "too_large":
          if (before === 1) {
            this.#lose(1, "too_large", "The server takes no event of this size");
            rest = [];
            break;
          }
          this.#inFlight -= before;
          await this.#deliver(rest.slice(0, before / 2));
          await this.#deliver(rest.slice(before / 2));
          return;
      }
      this.#inFlight -= before - rest.length;
      if (rest.length === 0) break;
      if (this.#closed.signal.aborted) {
        this.#inFlight -= rest.length;
        this.#lose(rest.length, "closed", "The client was closed before the server took them");
        return;
      }
      const atLeast = outcome.is === "unknown" ? outcome.afterMs : 0;
      await this.#pause(Math.max(atLeast, this.#backoff(failures++)));
    }
  }

  async #attempt(items: readonly Item[]): Promise<Outcome> {
    const { fetch, url, headers, timeoutMs, body } = this.#options;
    try {
      const encoded = await this.#encoded(body(items.map(({ json }) => json)));
      const response = await fetch(url, {
        method: "POST",
        headers: { ...headers, ...encoded.headers },
        body: encoded.body,
        signal: AbortSignal.timeout(timeoutMs),
      });
      return await readOutcome(response, items);
    } catch {
      // No connection, no answer in time, or half of one: it may have arrived or not.
      return { is: "unknown", afterMs: 0 };
    }
  }

  async #encoded(text: string): Promise<{ body: BodyInit; headers: Record<string, string> }> {
    if (!this.#options.compress || text.length < compressFrom) return { body: text, headers: {} };
    const packed = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
    return {
      body: await new Response(packed).arrayBuffer(),
      headers: { "content-encoding": "gzip" },
    };
  }

  #backoff(failures: number): number {
    const { retry: { baseMs, maxMs }, random } = this.#options;
    return random() * Math.min(maxMs, baseMs * 2 ** Math.min(failures, 30));
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        cancel();
        resolve();
      };
      const cancel = quietTimeout(wake, ms);
      // Called once more after the pause it does nothing.
      this.#wake = wake;
    });
  }

  #lose(count: number, reason: LossReason, message: string): void {
    this.#report({ count, reason, message });
  }

  #report(loss: Loss): void {
    this.#lost += loss.count;
    this.#options.onLoss(loss);
  }
}

async function readOutcome(response: Response, items: readonly Item[]): Promise<Outcome> {
  const { status } = response;
  if (status === 413) {
    await response.body?.cancel();
    return { is: "too_large" };
  }
  if (passing.has(status) || status >= 500) {
    await response.body?.cancel();
    return { is: "unknown", afterMs: retryAfter(response.headers.get("retry-after")) };
  }
  const answer = await response.json() as {
    results?: readonly ItemResult[];
    error?: { message?: string };
  };
  if (answer.results?.length === items.length) return settle(items, answer.results);
  if (response.ok) return { is: "settled", again: [], lost: null };
  return { is: "refused", message: answer.error?.message ?? `The server answered ${status}` };
}

function settle(items: readonly Item[], results: readonly ItemResult[]): Outcome {
  const again: Item[] = [];
  const messages = new Set<string>();
  let lost = 0;
  for (const [at, { status, error }] of results.entries()) {
    const item = items[at];
    if (!item || status < 300) continue;
    if (passing.has(status) || status >= 500) again.push(item);
    else {
      lost++;
      const fields = error?.fields?.map(({ field }) => field).join(", ");
      messages.add(`${status} ${error?.message ?? ""}${fields ? ` (${fields})` : ""}`.trim());
    }
  }
  const message = [...messages].slice(0, 3).join("; ");
  return { is: "settled", again, lost: lost ? { count: lost, reason: "rejected", message } : null };
}

/** Milliseconds of a `Retry-After` in seconds or as a date; never more than a minute. */
function retryAfter(value: string | null): number {
  if (value === null) return 0;
  const seconds = Number(value);
  const ms = Number.isNaN(seconds) ? Date.parse(value) - Date.now() : seconds * 1_000;
  return Number.isNaN(ms) ? 0 : Math.min(60_000, Math.max(0, ms));
}
