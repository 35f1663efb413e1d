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
  /** Whether the server answers with a result for each item, or as OTLP with how many it refused. */
  readonly itemized: boolean;
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

/** What became of one request; null when it must be cut in halves. */
type Outcome = {
  /** What must be sent again, after this many milliseconds at least. */
  readonly again: readonly Item[];
  readonly afterMs?: number;
  readonly lost?: Loss | null;
} | null;

/** What the server may answer, by its routes. */
interface Answer {
  readonly results?: readonly ItemResult[];
  readonly error?: { readonly message?: string };
  readonly partialSuccess?: { readonly rejectedSpans?: string; readonly errorMessage?: string };
}

interface ItemResult {
  readonly status: number;
  readonly error?: { readonly message?: string; readonly fields?: readonly { field: string }[] };
}

const tooLarge = "The server takes no event of this size";
const closedBefore = "The client was closed before the server took them";
const passing = new Set([408, 425, 429]);

export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #queue: Queue;
  readonly #closed = new AbortController();
  #running: Promise<void> | null = null;
  #inFlight = 0;
  /** Ends the request under way. */
  #abort = () => {};
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
    if (this.#closed.signal.aborted) return this.#lose(1, "closed", closedBefore);
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
    this.#abort();
    this.#wake();
    await this.#running;
    const left = this.#queue.take({ items: Infinity, bytes: Infinity }).length;
    if (left > 0) this.#lose(left, "closed", closedBefore);
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
    while (true) {
      const outcome = await this.#attempt(rest);
      const before = rest.length;
      if (!outcome) {
        this.#inFlight -= before;
        await this.#deliver(rest.slice(0, before / 2));
        return await this.#deliver(rest.slice(before / 2));
      }
      const { again, afterMs = 0, lost } = outcome;
      rest = again;
      this.#inFlight -= before - rest.length;
      this.#sent += before - rest.length - (lost?.count ?? 0);
      if (lost) this.#report(lost);
      if (rest.length === 0) return;
      if (this.#closed.signal.aborted) {
        this.#inFlight -= rest.length;
        return this.#lose(rest.length, "closed", closedBefore);
      }
      await this.#pause(Math.max(afterMs, this.#backoff(failures++)));
    }
  }

  async #attempt(items: readonly Item[]): Promise<Outcome> {
    const { fetch, url, headers, timeoutMs, body, itemized } = this.#options;
    if (!canSend(url, headers)) {
      return refused(items, "baseUrl or apiKey cannot be sent");
    }
    const stop = new AbortController();
    this.#abort = () => stop.abort();
    const unarm = quietTimeout(this.#abort, timeoutMs);
    try {
      const text = body(items.map(({ json }) => json));
      const encoded = await this.#encoded(text);
      const response = await fetch(url, {
        method: "POST",
        headers: { ...headers, ...encoded.headers },
        body: encoded.body,
        signal: stop.signal,
        // Browsers send 64 KiB after their page is gone; a character has up to three bytes.
        keepalive: text.length < 20_000,
      });
      return await readOutcome(response, items, itemized);
    } catch {
      // No connection, no answer in time, or half of one: it may have arrived or not.
      return { again: items };
    } finally {
      unarm();
    }
  }

  async #encoded(text: string): Promise<{ body: BodyInit; headers: Record<string, string> }> {
    // Below this it is not worth it.
    if (this.#options.compress && text.length > 8_192) {
      const packed = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
      const body = await new Response(packed).arrayBuffer();
      // The server takes for a bomb what is 100 times as large: a character has up to three bytes.
      if (text.length < 30 * body.byteLength) {
        return { body, headers: { "content-encoding": "gzip" } };
      }
    }
    return { body: text, headers: {} };
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

/** Whether a request can be made at all; else it would fail again and again without a word. */
function canSend(url: string, headers: Readonly<Record<string, string>>): boolean {
  try {
    // In a page an address may be relative to it.
    return /^http/.test(new Request(url, { headers }).url);
  } catch {
    return false;
  }
}

async function readOutcome(
  response: Response,
  items: readonly Item[],
  itemized: boolean,
): Promise<Outcome> {
  const { status } = response;
  if (status === 413) {
    await response.body?.cancel();
    return items.length > 1 ? null : refused(items, tooLarge, "too_large");
  }
  if (passing.has(status) || status >= 500) {
    await response.body?.cancel();
    return { again: items, afterMs: retryAfter(response.headers.get("retry-after")) };
  }
  const text = await response.text();
  let answer: Answer = {};
  try {
    answer = JSON.parse(text) ?? {};
  } catch (error) {
    // Half an answer: what became of the events is not known. An error's page says enough.
    if (response.ok) throw error;
  }
  const { results, error, partialSuccess } = answer;
  if (results?.length === items.length) return settle(items, results);
  if (response.ok && !itemized) {
    const { rejectedSpans = 0, errorMessage = "" } = partialSuccess ?? {};
    return settled([], Number(rejectedSpans), errorMessage);
  }
  return refused(items, error?.message ?? `The server answered ${status}: no WatchLLM`);
}

function refused(items: readonly Item[], message: string, reason: LossReason = "refused"): Outcome {
  return { again: [], lost: { count: items.length, reason, message } };
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
  return settled(again, lost, [...messages].slice(0, 3).join("; "));
}

function settled(again: readonly Item[], count: number, message: string): Outcome {
  return { again, lost: count ? { count, reason: "rejected", message } : null };
}

/** Milliseconds of a `Retry-After` in seconds or as a date; never more than a minute. */
function retryAfter(value: string | null): number {
  const ms = Number(value) * 1_000;
  // `!`: null is the number 0. What is neither a number nor a date is nothing.
  const either = isNaN(ms) ? Date.parse(value!) - Date.now() : ms;
  return Math.min(60_000, Math.max(0, either || 0));
}
