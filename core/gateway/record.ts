/**
 * Writes the event that ends a call: exactly one, whatever happened. A log that fails must not take
 * the provider's answer from the client, so failures are counted and reported, not thrown.
 *
 * @module
 */
import { errorMessage } from "../caught.ts";
import { unknownUsage, type Usage } from "../event/usage.ts";
import type { LogWriter, Payload } from "../log/contract.ts";
import type { CallEnd } from "../pricing/call_cost.ts";
import { free } from "../pricing/price.ts";
import { noProjectPrices, type ProjectPrices } from "../pricing/project_price.ts";
import { estimated, readFacts } from "./answer_facts.ts";
import type { Call, CallDraft } from "./call.ts";
import { callDraft, costOf } from "./call_event.ts";
import { Capture } from "./capture.ts";
import { decompress } from "./decompress.ts";
import { type Ending, eventType } from "./ending.ts";
import { type AnswerFacts, noFacts } from "./formats/format.ts";
import { keptBytes, payloadsOf, requestPayload } from "./kept_bodies.ts";
import { scrub } from "./scrub.ts";

/** A finished call, ready for the log. */
export interface Finished {
  readonly call: Call;
  readonly draft: CallDraft;
  readonly facts: AnswerFacts;
  readonly payloads: Readonly<Record<string, Payload>>;
}

/**
 * The prices that a project has negotiated: from memory, a promise only when nothing fresh enough is
 * there. It rejects when they cannot be read.
 */
export type PricesOf = (project: string) => ProjectPrices | Promise<ProjectPrices>;

type ReadPrices = ProjectPrices | null;

export interface RecorderPorts {
  readonly log: LogWriter;
  readonly now: () => number;
  /** Without it projects have no prices of their own. */
  readonly prices?: PricesOf | undefined;
  readonly warn: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

const nothing = () => {};

export class Recorder {
  readonly #ports: RecorderPorts;
  readonly #open = new Set<Promise<unknown>>();
  #unrecorded = 0;

  constructor(ports: RecorderPorts) {
    this.#ports = ports;
  }

  /** Calls whose event the log refused: they were answered and are missing. */
  get unrecorded(): number {
    return this.#unrecorded;
  }

  /**
   * Reads the answer and makes the event. A promise only when the answer is compressed, or the
   * project's prices have to be read first.
   *
   * @param known what another call knows of the same answer; nothing is read then
   */
  finish(
    call: Call,
    ending: Ending,
    known: AnswerFacts | null = null,
  ): Finished | Promise<Finished> {
    const endedAt = this.#ports.now();
    const { answer } = call;
    const prices = this.#pricesOf(call);
    if (!answer?.coding && !(prices instanceof Promise)) {
      return this.#make(call, ending, endedAt, answer?.capture ?? null, prices, known);
    }
    const finishing = this.#finishLater(call, ending, endedAt, prices, known);
    return this.#tracked(finishing);
  }

  /**
   * The event of an answer that was known before the call: nothing of it is read again, and its bytes
   * stand in the log already, with the call that bought it.
   */
  finishKnown(call: Call, ending: Ending, facts: AnswerFacts): Finished {
    const draft = callDraft(call, ending, this.#ports.now(), facts, () => free());
    const keeps = !call.headers.attributes.omitRequest && call.body.length > 0;
    return { call, draft, facts, payloads: keeps ? { request: requestPayload(call) } : {} };
  }

  async #finishLater(
    call: Call,
    ending: Ending,
    endedAt: number,
    prices: ReadPrices | Promise<ReadPrices>,
    known: AnswerFacts | null,
  ): Promise<Finished> {
    const { answer } = call;
    const readable = answer?.coding ? new Capture(keptBytes) : answer?.capture ?? null;
    if (answer?.coding && readable) {
      await decompress(answer.capture.head(), answer.coding, readable);
    }
    return this.#make(call, ending, endedAt, readable, await prices, known);
  }

  /** An answer that a reader cannot cope with costs the event its details, not the call its event. */
  #make(
    call: Call,
    ending: Ending,
    endedAt: number,
    readable: Capture | null,
    prices: ReadPrices,
    known: AnswerFacts | null,
  ): Finished {
    try {
      const facts = known ?? readFacts(call, readable);
      return finished(call, ending, endedAt, facts, readable, prices);
    } catch (error) {
      this.#ports.warn("An answer could not be read", {
        event_id: call.id,
        reason: scrub(errorMessage(error)),
      });
      return finished(call, ending, endedAt, noFacts(unknownUsage()), readable, prices);
    }
  }

  /** Null when they could not be read: then the call's cost is not known either. */
  #pricesOf({ project }: Call): ReadPrices | Promise<ReadPrices> {
    const { prices } = this.#ports;
    if (!prices || !project) return noProjectPrices;
    const read = prices(project.project);
    if (!(read instanceof Promise)) return read;
    return read.catch((error: unknown) => {
      this.#ports.warn("A project's prices could not be read: its calls have no cost for now", {
        project: project.project,
        reason: scrub(errorMessage(error)),
      });
      return null;
    });
  }

  /** Hands the event to the log; resolves after the commit, or after its failure. Never rejects. */
  append({ call, draft, facts, payloads }: Finished): Promise<void> {
    for (const hook of call.onFinished) this.#complete(() => hook(draft, facts), draft);
    const appending = this.#append(draft, payloads);
    return this.#tracked(appending);
  }

  /** What others have to add to the event must not cost the event. */
  #complete(hook: () => void, draft: CallDraft): void {
    try {
      hook();
    } catch (error) {
      this.#ports.warn("An event could not be completed", {
        event_id: draft.id,
        reason: scrub(errorMessage(error)),
      });
    }
  }

  async #append(draft: CallDraft, payloads: Finished["payloads"]): Promise<void> {
    try {
      await this.#ports.log.append(draft, payloads);
    } catch (error) {
      this.#unrecorded++;
      this.#ports.warn("A call was answered but could not be recorded", {
        event_id: draft.id,
        unrecorded: this.#unrecorded,
        reason: scrub(deepest(error)),
      });
    }
  }

  /** Has `drain()` wait for it; not for its result, which a set that grows would keep for a while. */
  #tracked<T>(work: Promise<T>): Promise<T> {
    const done: Promise<unknown> = work.then(nothing, nothing).then(() => this.#open.delete(done));
    this.#open.add(done);
    return work;
  }

  /** Waits for the events that are on their way. */
  async drain(): Promise<void> {
    while (this.#open.size > 0) await Promise.all(this.#open);
  }
}

function finished(
  call: Call,
  ending: Ending,
  endedAt: number,
  facts: AnswerFacts,
  readable: Capture | null,
  prices: ReadPrices,
): Finished {
  const told = estimated(call, eventType(ending, facts, call.answer), facts, readable);
  const cost = (usage: Usage, end: CallEnd) => costOf(call, usage, told, prices, end);
  const draft = callDraft(call, ending, endedAt, told, cost);
  return { call, draft, facts: told, payloads: payloadsOf(call, readable) };
}

/** What was wrong at the bottom of it, for the operator: "database or disk is full". */
function deepest(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? deepest(error.cause) : error.message;
}
