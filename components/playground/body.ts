/**
 * A request's body as its fields show it: who says what, the model and its settings, whatever wire format
 * it has. What no field shows stays as it is.
 *
 * @module
 */

export type Json = string | number | boolean | null | readonly Json[] | {
  readonly [key: string]: Json;
};
export type Body = { readonly [key: string]: Json };
export type Path = readonly (string | number)[];

/** A text that can be changed where it stands. */
export interface Place {
  readonly path: Path;
  readonly text: string;
}

/** A message, as far as it is text. */
export interface EditableTurn {
  readonly path: Path;
  readonly role: string;
  readonly places: readonly Place[];
  /** Parts that are no text: pictures, tool calls. */
  readonly others: number;
}

/** The body; null for what is no JSON object. */
export function bodyOf(text: string): Body | null {
  try {
    const value: Json = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** Lists whose items are messages, in the wire formats that are known. */
const lists = ["messages", "contents", "input"] as const;
/** What is said to the model beside the messages, and the role that it has. */
const asides = [
  ["system", "system"],
  ["instructions", "system"],
  ["systemInstruction", "system"],
  ["system_instruction", "system"],
  ["input", "input"],
  ["prompt", "prompt"],
] as const;

/**
 * @example
 * ```ts
 * import { turnsOf } from "@/components/playground/body.ts";
 * import { expect } from "expect";
 *
 * const body = { system: "Be brief.", messages: [{ role: "user", content: "Hi" }] };
 * expect(turnsOf(body)).toEqual([
 *   { path: ["system"], role: "system", places: [{ path: ["system"], text: "Be brief." }], others: 0 },
 *   {
 *     path: ["messages", 0],
 *     role: "user",
 *     places: [{ path: ["messages", 0, "content"], text: "Hi" }],
 *     others: 0,
 *   },
 * ]);
 * ```
 */
export function turnsOf(body: Body): readonly EditableTurn[] {
  const beside = asides.flatMap(([name, role]): EditableTurn[] => {
    const said = body[name];
    // A list below `input` holds messages.
    if (said === undefined || (name === "input" && Array.isArray(said))) return [];
    return [{ path: [name], role, ...textsIn(said, [name]) }];
  });
  const messages = lists.flatMap((name) => {
    const list = body[name];
    return isList(list) ? list.map((item, index) => turnOf(item, [name, index])) : [];
  });
  return [...beside, ...messages];
}

function turnOf(item: Json, path: Path): EditableTurn {
  if (!isObject(item)) return { path, role: "input", ...textsIn(item, path) };
  const role = item.role ?? item.type;
  const inside = "parts" in item ? "parts" : "content";
  const more = inside in item ? textsIn(item[inside] ?? null, [...path, inside]) : nothing;
  const calls = isList(item.tool_calls) ? item.tool_calls.length : 0;
  const others = more.others + calls + (inside in item || calls > 0 ? 0 : 1);
  return { path, role: typeof role === "string" ? role : "user", places: more.places, others };
}

type Texts = Pick<EditableTurn, "places" | "others">;
const nothing: Texts = { places: [], others: 0 };

function textsIn(value: Json, path: Path): Texts {
  if (typeof value === "string") return { places: [{ path, text: value }], others: 0 };
  if (isList(value)) {
    const all = value.map((part, index) => textsIn(part, [...path, index]));
    return {
      places: all.flatMap(({ places }) => places),
      others: all.reduce((sum, { others }) => sum + others, 0),
    };
  }
  if (!isObject(value)) return nothing;
  if (typeof value.text === "string") {
    return { places: [{ path: [...path, "text"], text: value.text }], others: 0 };
  }
  return isList(value.parts) ? textsIn(value.parts, [...path, "parts"]) : { places: [], others: 1 };
}

/** The body with one value changed; undefined takes it away, from a list as well. */
export function changed(body: Body, path: Path, value: Json | undefined): Body {
  const next = at(body, path, value);
  return isObject(next) ? next : body;
}

function at(value: Json | undefined, [step, ...rest]: Path, leaf: Json | undefined): Json {
  const inside = (child: Json | undefined) => rest.length === 0 ? leaf : at(child, rest, leaf);
  if (isList(value) && typeof step === "number") {
    return value.flatMap((item, index) => {
      const next = index === step ? inside(item) : item;
      return next === undefined ? [] : [next];
    });
  }
  const before: Body = isObject(value) ? value : {};
  if (step === undefined) return before;
  const next = inside(before[step]);
  const { [String(step)]: _, ...others } = before;
  if (next === undefined) return others;
  return { ...before, [step]: next };
}

/** What stands at a path. */
export function valueAt(body: Body, path: Path): Json | undefined {
  let value: Json | undefined = body;
  for (const step of path) {
    if (isList(value) && typeof step === "number") value = value[step];
    else value = isObject(value) ? value[step] : undefined;
  }
  return value;
}

function isObject(value: Json | undefined): value is Body {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
