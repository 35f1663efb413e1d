/**
 * Brings events into the log: each once, however often it is sent.
 *
 * Guarantees: an accepted event is on disk. An id that was used in the last 24 hours is told from a new
 * one, also after a crash at any moment, because its mark is stored in its event's own commit; within
 * this process also while that commit is on its way. What is refused is not stored.
 *
 * @module
 */
import { AppError } from "../error.ts";
import type { Companion, LogWriter } from "../log/contract.ts";
import type { Drafted, Entry, Feedback } from "./context.ts";
import { overloaded, type Problem, problem } from "./problem.ts";
import { type ContentHash, type Mark, type Marked, markOf, type Seen } from "./seen.ts";

/** One event of a request, checked. */
export interface Offer {
  readonly id: string;
  /** Null: the id was made here, so nobody can send it again. */
  readonly content: ContentHash | null;
  /** Makes the event; asked only when it is new. */
  readonly draft: () => Drafted | Problem;
}

/** What became of an offer. */
export type Accepted =
  | { readonly status: 201; readonly feedback?: Feedback }
  | { readonly status: 200 }
  | Problem;

export interface Acceptor {
  /**
   * Never rejects.
   *
   * @param beside remembered with the first event that is new
   */
  accept(
    project: string,
    offers: readonly Offer[],
    beside?: readonly Marked[],
  ): Promise<Accepted[]>;
}

export interface AcceptorPorts {
  readonly log: Pick<LogWriter, "append">;
  readonly seen: Seen;
  readonly report: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

/** An event whose look-ups may have missed its mark. */
interface Lingering {
  readonly text: string;
  /** Look-ups from this one on see the mark. */
  readonly seenFrom: number;
}

const none: readonly Marked[] = [];
const stored: Accepted = { status: 201 };

interface Waiting {
  readonly content: ContentHash;
  readonly outcome: Promise<Accepted>;
}

export function createAcceptor({ log, seen, report }: AcceptorPorts): Acceptor {
  /** Events on their way into the log, by their mark. */
  const open = new Map<string, Waiting>();
  /** Committed, but an older look-up is still under way: oldest first. */
  const lingering: Lingering[] = [];
  /** Numbers of the look-ups under way, in order. */
  const lookUps = new Set<number>();
  let nextLookUp = 0;

  async function accept(
    project: string,
    offers: readonly Offer[],
    beside: readonly Marked[] = none,
  ): Promise<Accepted[]> {
    const marks = offers.map(({ id, content }) => content ? markOf(project, "event", id) : null);
    // Whoever is on the way now is in the index by the time that it is read.
    const before = marks.map((mark) => mark ? open.get(mark) : undefined);
    const asked = marks.filter((mark, i) => mark !== null && !before[i]);
    const lookUpNumber = nextLookUp++;
    lookUps.add(lookUpNumber);
    let known: ReadonlyMap<string, ContentHash | null>;
    try {
      // `asked` holds no null: the filter above.
      known = await lookUp(asked as Mark[]);
    } catch (error) {
      lookUps.delete(lookUpNumber);
      forgetSettled();
      report("The index of event ids could not be read", { reason: String(error) });
      return offers.map(() => problem("log_unavailable"));
    }
    let extra = beside;
    const outcomes = offers.map((offer, i) => {
      const mark = marks[i];
      if (!mark || !offer.content) return store(offer, takeExtra());
      const stored = known.get(mark);
      if (stored) return Promise.resolve(repeated(stored, offer.content));
      const waiting = before[i] ?? open.get(mark);
      if (waiting) return afterOther(waiting, offer, offer.content, mark);
      return storeMarked(offer, offer.content, mark, takeExtra());
    });
    lookUps.delete(lookUpNumber);
    forgetSettled();
    return await Promise.all(outcomes);

    function takeExtra(): readonly Marked[] {
      const taken = extra;
      extra = none;
      return taken;
    }
  }

  async function lookUp(marks: readonly Mark[]): Promise<ReadonlyMap<string, ContentHash | null>> {
    if (marks.length === 0) return new Map();
    const found = await seen.find(marks);
    return new Map(marks.map((mark, i) => [mark, found[i] ?? null]));
  }

  /** An event that was committed stays findable here for those who looked before. */
  function settle(text: string): void {
    lingering.push({ text, seenFrom: nextLookUp });
    forgetSettled();
  }

  function forgetSettled(): void {
    const [oldest = nextLookUp] = lookUps;
    let done = 0;
    for (; done < lingering.length; done++) {
      const settled = lingering[done];
      if (!settled || settled.seenFrom > oldest) break;
      open.delete(settled.text);
    }
    lingering.splice(0, done);
  }

  function storeMarked(
    offer: Offer,
    content: ContentHash,
    mark: Mark,
    extra: readonly Marked[],
  ): Promise<Accepted> {
    const drafted = draftOf(offer);
    if ("error" in drafted) return Promise.resolve(drafted);
    const outcome = put(drafted, [{ mark, content }, ...extra], mark);
    open.set(mark, { content, outcome });
    return outcome;
  }

  /** The same id is on its way, out of this request or another one. */
  async function afterOther(
    waiting: Waiting,
    offer: Offer,
    content: ContentHash,
    mark: Mark,
  ): Promise<Accepted> {
    const other = await waiting.outcome;
    if ("error" in other) {
      // It was not stored after all: this one has its turn, unless a third one came first.
      const next = open.get(mark);
      return next ? afterOther(next, offer, content, mark) : storeMarked(offer, content, mark, []);
    }
    return repeated(waiting.content, content);
  }

  function store(offer: Offer, marked: readonly Marked[]): Promise<Accepted> {
    const drafted = draftOf(offer);
    return "error" in drafted ? Promise.resolve(drafted) : put(drafted, marked, null);
  }

  function draftOf(offer: Offer): Drafted | Problem {
    try {
      return offer.draft();
    } catch (error) {
      report("An event could not be read", { reason: String(error) });
      return problem("internal");
    }
  }

  /** @param mark the event's own: it is open until this has ended */
  async function put(
    drafted: Drafted,
    marked: readonly Marked[],
    mark: Mark | null,
  ): Promise<Accepted> {
    try {
      // What follows from an event comes first: once the event's mark is there, all of it is.
      const { derived, feedback } = drafted;
      if (derived) await Promise.all(derived.map((entry) => append(entry, [])));
      const companions = marked.map((one) => seen.companion(one));
      await append(drafted, companions);
      for (const companion of companions) seen.remember(companion);
      if (mark) settle(mark);
      return feedback ? { status: 201, feedback } : stored;
    } catch (error) {
      if (mark) open.delete(mark);
      return refused(error);
    }
  }

  function append({ draft, payloads }: Entry, beside: readonly Companion[]): Promise<unknown> {
    return log.append(draft, payloads, beside);
  }

  function refused(error: unknown): Problem {
    const code = error instanceof AppError ? error.code : null;
    if (code === "log_overloaded") return overloaded;
    if (code === "log_closed") return problem(code);
    if (code === "bad_request") return problem("event_too_large");
    // It may be stored all the same, now or in a while.
    seen.doubt();
    if (code === "log_unavailable") return problem(code);
    report("An event could not be stored", { reason: String(error) });
    return problem("internal");
  }

  return { accept };
}

function repeated(stored: ContentHash, content: ContentHash): Accepted {
  return stored === content ? { status: 200 } : problem("id_conflict");
}
