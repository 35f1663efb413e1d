/**
 * The way of events out of the process: redacted, written as JSON, queued for their route, and told of
 * when they are lost.
 *
 * @module
 */
import { Delivery } from "./delivery.ts";
import type { Json, WatchEvent } from "./events.ts";
import { eventId } from "./ids.ts";
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

  constructor(settings: Settings, sampled: (trace: string) => boolean) {
    this.#settings = settings;
    this.#sampled = sampled;
    this.#events = this.#deliveryTo("/v1/events/batch", (items) => `{"events":[${items.join()}]}`);
  }

  get counts(): Counts {
    const all = this.#deliveries().map(({ counts }) => counts);
    const sum = (name: keyof Counts) => all.reduce((sum, counts) => sum + counts[name], 0);
    return { queued: sum("queued"), sent: sum("sent"), lost: sum("lost") };
  }

  /** A queue of its own to another route. */
  senderTo(
    path: string,
    body: (items: readonly string[]) => string,
  ): (id: string, item: Json) => void {
    const delivery = this.#deliveryTo(path, body);
    this.#others.push(delivery);
    return (id, item) => this.#queue(delivery, id, item);
  }

  /** Queues an event, unless its trace is not among those that are sent. */
  send(event: WatchEvent): void {
    const { redact, environment, release, enabled } = this.#settings;
    const span = event.trace_id === undefined ? true : this.#sampled(event.trace_id);
    // People's words are few and worth more than a trace: they go whatever the share is.
    if (!enabled || !(span || event.type === "feedback" || event.type === "score")) return;
    try {
      const kept = redact({
        ...event,
        ...(environment !== undefined && { environment }),
        ...(release !== undefined && { release }),
      });
      if (kept) this.#queue(this.#events, kept.event_id ?? eventId(Date.now()), kept);
    } catch {
      this.#tell({ count: 1, reason: "unusable", message: "The redact hook failed" });
    }
  }

  #queue(delivery: Delivery, id: string, event: Json): void {
    if (!this.#settings.enabled) return;
    const json = written(event);
    if (json === null) {
      this.#tell({ count: 1, reason: "unusable", message: "An event cannot be written as JSON" });
      return;
    }
    delivery.push({ id, json, bytes: json.length });
  }

  #deliveryTo(path: string, body: (items: readonly string[]) => string): Delivery {
    const s = this.#settings;
    return new Delivery({
      url: s.baseUrl + path,
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${s.apiKey}`,
      },
      body,
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

  #tell(loss: Parameters<Settings["onLoss"]>[0]): void {
    try {
      this.#settings.onLoss(loss);
    } catch {
      // Its failure is not the host's.
    }
  }

  /** Resolves to how many events are not acknowledged when `timeoutMs` are over. */
  async flush(timeoutMs: number): Promise<number> {
    const left = await Promise.all(this.#deliveries().map((one) => one.flush(timeoutMs)));
    return left.reduce((sum, one) => sum + one, 0);
  }

  /** Sends what is queued, for at most `timeoutMs`, and reports the rest as lost. */
  async close(timeoutMs: number): Promise<void> {
    await Promise.all(this.#deliveries().map((one) => one.close(timeoutMs)));
  }

  #deliveries(): Delivery[] {
    return [this.#events, ...this.#others];
  }
}
