/**
 * `deno task dead-letters`: events that could not be projected, looked at, tried again, or given up.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { type DeadLetter, listDeadLetters, settleDeadLetter } from "@/consumers/dead_letter.ts";
import type { Projection } from "@/consumers/projection.ts";
import { entryAt, replayDeadLetter, type Replayed } from "@/consumers/replay.ts";
import type { LogReader } from "@/core/log/contract.ts";
import type { KvPort } from "@/core/log/kv.ts";

export const deadLettersHelp = `Events that could not be projected. They stay in the log.

Usage: deno task dead-letters [list | show <place> | replay <place …> | drop <place …>]

  list    what there is, with its place, cause and time (the default)
  show    a letter and its event as the log has it
  replay  try again, after what was wrong was mended: what succeeds is stored once and leaves the list
  drop    give up: the event leaves the list and is not in analytics; a rebuild meets it again

  --all     of replay and drop: every letter
  --limit   of list: how many at most (100)
  --help    this text
`;

export interface DeadLettersDeps {
  readonly kv: KvPort;
  readonly reader: LogReader;
  /** Every projection that is active. */
  readonly projections: readonly Projection[];
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

export type DeadLettersOrder =
  | { readonly action: "list"; readonly limit: number }
  | {
    readonly action: "show" | "replay" | "drop";
    /** Null for all of them. */
    readonly places: ReadonlySet<string> | null;
  };

/** Reads the arguments, before anything is opened: an order, or what is wrong with it. */
export function readDeadLettersOrder(args: readonly string[]): DeadLettersOrder | string {
  const { values, positionals: [action = "list", ...places] } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      all: { type: "boolean", default: false },
      limit: { type: "string", default: "100" },
    },
  });
  if (action === "list") {
    if (places.length > 0) return "list takes no places: show does.";
    if (!/^[1-9]\d{0,8}$/.test(values.limit)) return "--limit must be a whole number from 1.";
    return { action, limit: Number(values.limit) };
  }
  if (action !== "show" && action !== "replay" && action !== "drop") {
    return `There is no ${action}: it is list, show, replay or drop.`;
  }
  if (values.all) {
    return places.length === 0
      ? { action, places: null }
      : "--all takes no places: give it, or them.";
  }
  if (places.length === 0) return `Which to ${action}? Give places as list shows them, or --all.`;
  return { action, places: new Set(places) };
}

/** Runs the command; resolves to its exit code: 1 when something was left. */
export async function deadLetters(deps: DeadLettersDeps, order: DeadLettersOrder): Promise<number> {
  if (order.action === "list") return await list(deps, order.limit);
  return await actions[order.action](deps, order.places);
}

const actions = { show, replay, drop };

async function list(deps: DeadLettersDeps, limit: number): Promise<number> {
  let shown = 0;
  for await (const { letter } of chosen(deps, null)) {
    if (shown === limit) {
      deps.say(`and more: --limit ${limit * 2} shows them`);
      break;
    }
    deps.say(line(letter));
    shown++;
  }
  if (shown === 0) deps.say("There are no dead letters.");
  return 0;
}

async function show(deps: DeadLettersDeps, places: ReadonlySet<string> | null): Promise<number> {
  return await each(deps, places, async ({ letter }) => {
    const entry = await entryAt(deps.reader, letter.position);
    deps.say(JSON.stringify({ letter, event: entry?.raw ?? null }, null, 2));
    return true;
  });
}

async function replay(deps: DeadLettersDeps, places: ReadonlySet<string> | null): Promise<number> {
  return await each(deps, places, async ({ letter, projection }) => {
    const { kv, reader, signal } = deps;
    const replayed = await replayDeadLetter({ kv, reader, projection }, letter, signal);
    deps.say(`${placeOf(letter)}  ${outcomes[replayed.outcome]}${detailOf(replayed)}`);
    return replayed.outcome === "replayed";
  });
}

const outcomes: Readonly<Record<Replayed["outcome"], string>> = {
  replayed: "stored",
  still_bad: "still refused",
  unavailable: "not tried, ClickHouse is away",
  gone: "the log does not hold it any more",
};

function detailOf(replayed: Replayed): string {
  return "code" in replayed ? ` (${replayed.code}: ${replayed.detail})` : "";
}

async function drop(deps: DeadLettersDeps, places: ReadonlySet<string> | null): Promise<number> {
  return await each(deps, places, async ({ letter }) => {
    // Counted as done without a row, so that the account of all events stays whole.
    const dropped = await settleDeadLetter(deps.kv, letter, "nothing");
    deps.say(`${placeOf(letter)}  ${dropped ? "dropped" : "gone already"}`);
    return dropped;
  });
}

/** Does something with each; 1 when one was not there or did not succeed. */
async function each(
  deps: DeadLettersDeps,
  places: ReadonlySet<string> | null,
  work: (one: Chosen) => Promise<boolean>,
): Promise<number> {
  const missing = new Set(places);
  let left = 0;
  for await (const one of chosen(deps, places)) {
    missing.delete(placeOf(one.letter));
    if (!await work(one)) left++;
    if (deps.signal.aborted) return 1;
  }
  for (const place of missing) deps.say(`${place}  no such dead letter`);
  return left === 0 && missing.size === 0 ? 0 : 1;
}

interface Chosen {
  readonly letter: DeadLetter;
  readonly projection: Projection;
}

/** The letters at these places, or all. */
async function* chosen(
  { kv, projections }: DeadLettersDeps,
  places: ReadonlySet<string> | null,
): AsyncGenerator<Chosen> {
  for (const projection of projections) {
    let cursor: string | undefined;
    do {
      const page = await listDeadLetters(kv, projection.id, {
        limit: 200,
        ...(cursor !== undefined && { cursor }),
      });
      for (const letter of page.letters) {
        if (!places || places.has(placeOf(letter))) yield { letter, projection };
      }
      cursor = page.cursor ?? undefined;
    } while (cursor !== undefined);
  }
}

/** Where it stands in the log. */
function placeOf({ position: { partition, versionstamp, index } }: DeadLetter): string {
  return `${partition}:${versionstamp}:${index}`;
}

function line(letter: DeadLetter): string {
  const { at, type, event_id, project, code, detail, replays } = letter;
  const what = `${type ?? "?"} ${event_id ?? "?"} of ${project ?? "?"}`;
  const tried = replays > 0 ? `, tried again ${replays} times` : "";
  return `${placeOf(letter)}  ${at}  ${what}: ${code}: ${detail}${tried}`;
}
