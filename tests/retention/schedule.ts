/**
 * Schedules of what happens to a log under retention: appends of several projects, consumers that read,
 * stand still, come and go, cuts, trims that are cut off or refused, and time.
 *
 * @module
 */
import fc from "fast-check";

export const projects = ["keeps-all", "month", "week", "bodies"] as const;
export type ProjectName = typeof projects[number];

export type Step =
  | {
    readonly do: "append";
    readonly project: ProjectName;
    readonly ageDays: number;
    readonly events: number;
  }
  | { readonly do: "settings"; readonly project: ProjectName }
  | { readonly do: "read"; readonly consumer: number; readonly records: number }
  | { readonly do: "register"; readonly consumer: number }
  | { readonly do: "retire"; readonly consumer: number }
  | { readonly do: "dead letter"; readonly consumer: number }
  | { readonly do: "erase"; readonly project: ProjectName; readonly user: number }
  /** Everyone reads what there is, retention looks, and a day goes by. */
  | { readonly do: "day" }
  | { readonly do: "pass"; readonly fails: number }
  | { readonly do: "wait"; readonly hours: number };

const project = fc.constantFrom(...projects);
const consumer = fc.nat(2);

export const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("append" as const),
      project,
      ageDays: fc.constantFrom(0, 0, 1, 6, 8, 29, 31, 60),
      events: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("settings" as const), project }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("read" as const),
      consumer,
      records: fc.constantFrom(1, 2, 5, 100),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("register" as const), consumer }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("retire" as const), consumer }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("dead letter" as const), consumer }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("erase" as const), project, user: fc.nat(1) }),
  },
  { weight: 10, arbitrary: fc.record({ do: fc.constant("day" as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("pass" as const),
      // 0: none of its commits fail.
      fails: fc.constantFrom(0, 0, 0, 1, 2, 3, 5),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      hours: fc.constantFrom(1, 12, 24, 48, 240, 800),
    }),
  },
);
