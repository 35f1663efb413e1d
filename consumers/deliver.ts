/**
 * Brings one batch to its sink: projects each piece of the plan, delivers it stage by stage, and cuts
 * pieces in halves until the bad rows stand alone.
 *
 * Guarantees: what is delivered and with which token follows from the log, the stored plan and the
 * projection's version alone, so a batch may be delivered any number of times; a new cut is stored
 * before it is used; an event whose version is not known is never passed by.
 *
 * @module
 */
import type { LogReader } from "@/core/log/contract.ts";
import type { Batch } from "./batch.ts";
import type { Pending } from "./checkpoint.ts";
import { type Dead, halves, type Plan, type Task, taskToken } from "./plan.ts";
import { projectEntry, unknownEvent } from "./project_entry.ts";
import type { Counts, Delivery, Projected, Projection } from "./projection.ts";
import type { ParkReason } from "./status.ts";

export interface Dispatch {
  readonly projection: Projection;
  readonly reader: LogReader;
  readonly batch: Batch;
  readonly pending: Pending;
  /** Offsets that an earlier copy of the event has covered. */
  readonly repeated: ReadonlySet<number>;
  readonly signal: AbortSignal;
  /** Whether this consumer still owns the partition; asked before each delivery. */
  mayDeliver(): Promise<boolean>;
  /** Stores a changed plan and its dead letters; false when another consumer moved the checkpoint. */
  storePlan(plan: Plan, letters: readonly Dead[]): Promise<boolean>;
  /** Lets timers and sockets have their turn in a long projection. */
  breathe(): Promise<void>;
}

export type Dispatched =
  | {
    readonly outcome: "delivered";
    /** Dead letters that are not stored yet. */
    readonly letters: readonly Dead[];
    /** How many dead letters the batch has, stored or not. */
    readonly dead: number;
    readonly skipped: number;
    readonly removable: number;
  }
  | { readonly outcome: "retry"; readonly code: string; readonly detail: string }
  | {
    readonly outcome: "parked";
    readonly reason: ParkReason;
    readonly code: string;
    readonly detail: string;
  }
  | { readonly outcome: "fenced" };

/** More bad rows than this, and more than `floodShare` of the piece, are taken for a fault of ours. */
const floodRows = 20;
const floodShare = 0.05;
/** Entries projected before others get their turn. */
const breath = 1_000;

type Refusal = Exclude<Delivery, { ok: true }>;

/** What became of one entry. */
type Cell =
  | { readonly row: unknown; readonly counts: Counts }
  | { readonly dead: Dead }
  | "repeated"
  | "skipped";

/** The cells of one piece, kept for its later stages and halves. */
interface Sheet {
  readonly from: number;
  readonly to: number;
  readonly cells: readonly Cell[];
}

type Projecting =
  | { readonly ok: true; readonly sheet: Sheet }
  | { readonly ok: false; readonly dispatched: Dispatched };

export async function dispatch(d: Dispatch): Promise<Dispatched> {
  let plan = d.pending.plan;
  let sheet: Sheet | null = null;
  /** Found since the plan was last stored. */
  let letters: Dead[] = [];

  for (let task = plan.tasks[0]; task; task = plan.tasks[0]) {
    if (!sheet || task.from < sheet.from || task.to > sheet.to) {
      const projecting = await projectPiece(d, task);
      if (!projecting.ok) return projecting.dispatched;
      sheet = projecting.sheet;
      const bad = deadIn(sheet, sheet);
      if (!plan.acceptFlood && isFlood(bad.length, sheet.cells.length)) return flood(bad);
    }
    const rows = rowsOf(sheet, task);
    if (rows.length > 0) {
      if (!await d.mayDeliver()) return { outcome: "fenced" };
      const token = taskToken(d.pending.token, task);
      const delivery = await d.projection.deliver(task.stage, rows, token, d.signal);
      if (!delivery.ok && delivery.reason === "poison") {
        const bad: Dead[] = [];
        if (task.to - task.from > 1) {
          plan = { ...plan, tasks: [...halves(task), ...plan.tasks.slice(1)] };
        } else {
          const { code, detail } = delivery;
          bad.push({ at: task.from, stage: task.stage, code, detail });
          plan = finish(plan, { skipped: 0, removable: 0, dead: 1 });
        }
        letters = [...letters, ...bad];
        if (!await d.storePlan(plan, letters)) return { outcome: "fenced" };
        letters = [];
        if (!plan.acceptFlood && isFlood(plan.dead, d.batch.entries.length)) return flood(bad);
        continue;
      }
      if (!delivery.ok) return refused(delivery);
    }
    if (task.stage + 1 < d.projection.stages) {
      plan = { ...plan, tasks: [{ ...task, stage: task.stage + 1 }, ...plan.tasks.slice(1)] };
      continue;
    }
    const bad = deadIn(sheet, task);
    letters = [...letters, ...bad];
    plan = finish(plan, {
      skipped: countIn(sheet, task, isSkipped),
      removable: countIn(sheet, task, (cell) => hasRow(cell) && cell.counts === "removable"),
      dead: bad.length,
    });
  }
  return {
    outcome: "delivered",
    letters,
    dead: plan.dead,
    skipped: plan.skipped,
    removable: plan.removable,
  };
}

/** The plan without its first task. */
function finish(
  plan: Plan,
  found: Pick<Plan, "skipped" | "removable" | "dead">,
): Plan {
  return {
    ...plan,
    tasks: plan.tasks.slice(1),
    skipped: plan.skipped + found.skipped,
    removable: plan.removable + found.removable,
    dead: plan.dead + found.dead,
  };
}

function refused({ reason, code, detail }: Refusal): Dispatched {
  if (reason === "configuration") return { outcome: "parked", reason, code, detail };
  return { outcome: "retry", code, detail };
}

/**
 * Projects a task's entries. A resumed plan may hold tasks of one piece that were cut apart; each is
 * then projected by itself.
 */
async function projectPiece(d: Dispatch, { from, to }: Task): Promise<Projecting> {
  const cells: Cell[] = [];
  for (let at = from; at < to; at++) {
    if ((at - from) % breath === breath - 1) await d.breathe();
    const entry = d.batch.entries[at];
    if (!entry) throw new RangeError(`The plan names entry ${at}, the batch has fewer`);
    if (d.repeated.has(at)) {
      cells.push("repeated");
      continue;
    }
    const projecting = projectEntry(d, entry);
    const projected = projecting instanceof Promise ? await projecting : projecting;
    if (!projected.ok && projected.code === unknownEvent) {
      const { code, detail } = projected;
      return {
        ok: false,
        dispatched: { outcome: "parked", reason: "unknown_event", code, detail },
      };
    }
    cells.push(cellOf(projected, at));
  }
  return { ok: true, sheet: { from, to, cells } };
}

function cellOf(projected: Projected<unknown>, at: number): Cell {
  if (!projected.ok) {
    return { dead: { at, stage: 0, code: projected.code, detail: projected.detail } };
  }
  const { row, counts = "row" } = projected;
  return row === null ? "skipped" : { row, counts };
}

type Span = Pick<Task, "from" | "to">;

function cellsIn(sheet: Sheet, { from, to }: Span): readonly Cell[] {
  return sheet.cells.slice(from - sheet.from, to - sheet.from);
}

function rowsOf(sheet: Sheet, span: Span): unknown[] {
  return cellsIn(sheet, span).flatMap((cell) => hasRow(cell) ? [cell.row] : []);
}

function deadIn(sheet: Sheet, span: Span): Dead[] {
  return cellsIn(sheet, span).flatMap((cell) => hasDead(cell) ? [cell.dead] : []);
}

function countIn(sheet: Sheet, span: Span, counts: (cell: Cell) => boolean): number {
  return cellsIn(sheet, span).filter(counts).length;
}

function isSkipped(cell: Cell): boolean {
  return cell === "skipped" || (hasRow(cell) && cell.counts === "nothing");
}

function hasRow(cell: Cell): cell is { readonly row: unknown; readonly counts: Counts } {
  return typeof cell === "object" && "row" in cell;
}

function hasDead(cell: Cell): cell is { readonly dead: Dead } {
  return typeof cell === "object" && "dead" in cell;
}

function isFlood(bad: number, of: number): boolean {
  return bad > floodRows && bad > of * floodShare;
}

function flood(bad: readonly Dead[]): Dispatched {
  const [first] = bad;
  return {
    outcome: "parked",
    reason: "poison_flood",
    code: first?.code ?? "poison_flood",
    detail: `${bad.length} rows of one batch are bad, the first because: ${first?.detail}`,
  };
}
