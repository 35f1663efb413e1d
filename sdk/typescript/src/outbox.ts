/**
 * The way of events out of the process: redacted, written as JSON, queued for their route, and told of
 * when they are lost.
 *
 * @module
 */
import { Delivery } from "./delivery.ts";
import type { Json, WatchEvent } from "./events.ts";
import type { Settings } from "./options.ts";
import { written } from "./written.ts";

/** What has become of the events until now. */
export interface Counts {
  /** Not acknowledged yet. */
  readonly queued: number;
  /** Acknowledged: in the server's log. */
  readonly sent: number;
  /** Reported through `onLoss`. */
  readonly lost: number;
}

/** The queues of one client. Nothing here throws into the host. */
export class Outbox {
  readonly #settings: Settings;
  readonly #sampled: (trace: string) => boolean;
  readonly #events: Delivery;
  /** Of what is sent elsewhere than the events. */
  #others: Delivery[] = [];
  #unusable = 0;

  constructor(settings: Settings, sampled: (trace: string) => boolean) {
    this.#settings = settings;
    this.#sampled = sampled;
    this.#events = this.#deliveryTo(
      "/v1/events/batch",
      (items) => `{"events":[${items.join()}]}`,
      true,
    );
  }

  get counts(): Counts {
    const all = { queued: 0, sent: 0, lost: this.#unusable };
    for (const { counts } of this.#deliveries()) {
      all.queued += counts.queued;
      all.sent += counts.sent;
      all.lost += counts.lost;
    }
    return all;
  }

  /** A queue of its own to another route. */
  senderTo(
    path: string,
    body: (items: readonly string[]) => string,
  ): (item: Json) => void {
    const delivery = this.#deliveryTo(path, body);
    this.#others.push(delivery);
    return (item) => this.#queue(delivery, item);
  }

  /** Queues an event, unless its trace is not among those that are sent. */
  send(event: WatchEvent): void {
    const { redact, environment, release, enabled } = this.#settings;
    // People's words are few and worth more than a trace: they go whatever the share is.
    const always = event.type === "feedback" || event.type === "score";
    if (!enabled || !(always || this.#sampled(event.trace_id ?? ""))) return;
    try {
      const kept = redact({
        ...event,
        ...(environment && { environment }),
        ...(release && { release }),
      });
      if (kept) this.#queue(this.#events, kept);
    } catch {
      this.#drop("The redact hook failed");
    }
  }

  #queue(delivery: Delivery, event: Json): void {
    if (!this.#settings.enabled) return;
    const json = written(event);
    if (json === null) this.#drop("An event cannot be written as JSON");
    else delivery.push({ json, bytes: json.length });
  }

  #deliveryTo(
    path: string,
    body: (items: readonly string[]) => string,
    itemized = false,
  ): Delivery {
    const s = this.#settings;
    return new Delivery({
      url: s.baseUrl + path,
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${s.apiKey}`,
      },
      body,
      itemized,
      queue: { items: s.maxQueueSize, bytes: s.maxQueueBytes },
      batch: { items: s.batchSize, bytes: s.batchBytes },
      intervalMs: s.flushIntervalMs,
      timeoutMs: s.timeoutMs,
      retry: { baseMs: s.retryMs[0], maxMs: s.retryMs[1] },
      compress: s.compress && typeof CompressionStream === "function",
      fetch: s.fetch,
      random: Math.random,
      onLoss: (loss) => this.#tell(loss),
    });
  }

  #drop(message: string): void {
    this.#unusable++;
    this.#tell({ count: 1, reason: "unusable", message });
  }

  #tell(loss: Parameters<Settings["onLoss"]>[0]): void {
    try {
      this.#settings.onLoss(loss);
    } catch {
      // Its failure is not the host's.
    }
  }

  /** Resolves to how many events are not acknowledged when `timeoutMs` are over. */
  async flush(timeoutMs: number): Promise<number> {
    await Promise.all(this.#deliveries().map((one) => one.flush(timeoutMs)));
    return this.counts.queued;
  }

  /** Sends what is queued, for at most `timeoutMs`, and reports the rest as lost. */
  async close(timeoutMs: number): Promise<void> {
    await Promise.all(this.#deliveries().map((one) => one.close(timeoutMs)));
  }

  #deliveries(): Delivery[] {
    return [this.#events, ...this.#others];
  }
}
