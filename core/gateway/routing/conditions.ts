/**
 * Conditions of a route: a query over what is known of a call, in the shape of Portkey's.
 *
 * @module
 */
import { z } from "zod";
import { type JsonObject, object } from "../../json.ts";

/** What a condition may ask about. */
export interface Facts {
  /** The call's properties. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The request's body. */
  readonly params: JsonObject;
  readonly user: string | null;
  readonly session: string | null;
  readonly model: string;
  readonly provider: string;
}

const fields = /^(?:metadata|params)\.[^\s].{0,200}$|^(?:user|session|model|provider)$/;
const operators = ["$eq", "$ne", "$in", "$nin", "$gt", "$gte", "$lt", "$lte", "$regex"] as const;
type Operator = typeof operators[number];

export const conditionSchema = z.strictObject({
  /** `{"metadata.plan": {"$eq": "paid"}}`, with `$and` and `$or` of such queries. */
  query: z.record(z.string(), z.json()).superRefine((query, context) => {
    for (const message of queryProblems(query)) context.addIssue({ code: "custom", message });
  }),
  /** The target's name. */
  then: z.string("must be the name of a target").min(1).max(100),
});

function* queryProblems(query: JsonObject, depth = 0): Generator<string> {
  if (depth > 5) yield "must be nested at most 5 deep";
  else {
    for (const [name, value] of Object.entries(query)) {
      if (name === "$and" || name === "$or") yield* listProblems(name, value, depth);
      else if (!fields.test(name)) {
        yield `must ask about metadata.<name>, params.<name>, user, session, model or provider, not "${
          name.slice(0, 60)
        }"`;
      } else yield* testProblems(name, value);
    }
  }
}

function* listProblems(name: string, value: unknown, depth: number): Generator<string> {
  if (!Array.isArray(value)) yield `must have a list of queries at ${name}`;
  else for (const one of value) yield* queryProblems(object(one) ?? {}, depth + 1);
}

function* testProblems(name: string, value: unknown): Generator<string> {
  const tests = object(value);
  if (!tests) return;
  for (const [operator, operand] of Object.entries(tests)) {
    // `includes` asks for an operator; here it is asked whether it is one.
    if (!operators.includes(operator as Operator)) {
      yield `must use one of ${operators.join(" ")} at ${name}, not "${operator.slice(0, 60)}"`;
    } else if (operator === "$regex" && !isPattern(operand)) {
      yield `must have a regular expression of at most 200 characters at ${name}`;
    } else if (/^\$n?in$/.test(operator) && !Array.isArray(operand)) {
      yield `must have a list at ${name}, ${operator}`;
    }
  }
}

function isPattern(value: unknown): value is string {
  if (typeof value !== "string" || value.length > 200) return false;
  try {
    return new RegExp(value) instanceof RegExp;
  } catch {
    return false;
  }
}

/** Whether a call meets a query. */
export function meets(query: JsonObject, facts: Facts): boolean {
  return Object.entries(query).every(([name, test]) => {
    if (name === "$and") return queries(test).every((one) => meets(one, facts));
    if (name === "$or") return queries(test).some((one) => meets(one, facts));
    return passes(valueAt(name, facts), test);
  });
}

function queries(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.map((one) => object(one) ?? {}) : [];
}

function valueAt(name: string, facts: Facts): unknown {
  const [first = "", ...rest] = name.split(".");
  if (first === "metadata") {
    const key = rest.join(".");
    const { metadata } = facts;
    // Properties arrive in lower case, as HTTP delivers headers.
    return own(metadata, key) ?? own(metadata, key.toLowerCase());
  }
  // Facts are plain values by name, looked up by a name from the configuration.
  if (first !== "params") return own(facts as unknown as JsonObject, first);
  return rest.reduce<unknown>((value, step) => own(object(value) ?? {}, step), facts.params);
}

function own(value: JsonObject, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

function passes(value: unknown, test: unknown): boolean {
  const tests = object(test);
  if (!tests) return same(value, test);
  return Object.entries(tests).every(([operator, operand]) => {
    switch (operator) {
      case "$eq":
        return same(value, operand);
      case "$ne":
        return !same(value, operand);
      case "$in":
        return Array.isArray(operand) && operand.some((one) => same(value, one));
      case "$nin":
        return Array.isArray(operand) && !operand.some((one) => same(value, one));
      case "$gt":
        return compared(value, operand) > 0;
      case "$gte":
        return compared(value, operand) >= 0;
      case "$lt":
        return compared(value, operand) < 0;
      case "$lte":
        return compared(value, operand) <= 0;
      case "$regex":
        // Properties are bounded; a longer text of the body is matched by its beginning.
        return typeof value === "string" && new RegExp(String(operand)).test(value.slice(0, 1_000));
      default:
        return false;
    }
  });
}

/** Properties are text whatever was meant: "5" is 5. */
function same(value: unknown, operand: unknown): boolean {
  if (value === operand) return true;
  if (value === undefined || value === null) return operand === null && value !== undefined;
  return typeof operand !== "object" && typeof value !== "object" &&
    String(value) === String(operand);
}

function compared(value: unknown, operand: unknown): number {
  if (value === undefined || value === null) return NaN;
  const [a, b] = [Number(value), Number(operand)];
  if (!Number.isNaN(a) && !Number.isNaN(b)) return a - b;
  return String(value) < String(operand) ? -1 : String(value) > String(operand) ? 1 : 0;
}
