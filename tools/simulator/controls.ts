/**
 * Reads what a request asks of the simulator: from the header `x-simulate: status=429; delay=50`, or
 * from the model's name, `gpt-4o!status=429!delay=50`, for clients that cannot set a header.
 *
 * @module
 */
import { z } from "zod";
import type { Controls } from "./contract.ts";

const count = z.coerce.number().int().nonnegative();

const schema = z.strictObject({
  status: z.coerce.number().int().min(400).max(599),
  delay: count,
  ttft: count,
  pace: count,
  chunks: z.coerce.number().int().positive(),
  tokens: count,
  think: count,
  die: count,
  hang: z.coerce.number().int().min(-1),
  fail: count,
  dribble: z.coerce.number().int().positive(),
  tool: z.string(),
  finish: z.enum(["length", "filter"]),
  encoding: z.enum(["gzip"]),
  usage: z.enum(["none"]),
  key: z.enum(["check"]),
}).partial();

/** A model's name and the controls behind it. */
export interface ControlledModel {
  readonly model: string;
  readonly controls: Controls;
}

/** Reads `name=value` pairs. A wrong one is an error of the test that wrote it: it throws. */
function readControls(pairs: readonly string[]): Controls {
  const entries = pairs.map((pair) => pair.trim()).filter(Boolean).map((pair) => {
    const [name = "", value = ""] = pair.split("=", 2);
    return [name.trim(), value.trim()];
  });
  // zod's optional keys may be present and undefined; these are made from pairs, so they are not.
  return schema.parse(Object.fromEntries(entries)) as Controls;
}

/** Takes the controls off a model's name. */
export function splitModel(name: string): ControlledModel {
  const [model = "", ...pairs] = name.split("!");
  return { model, controls: readControls(pairs) };
}

/** The controls of the request's header. */
export function headerControls(headers: Headers): Controls {
  return readControls((headers.get("x-simulate") ?? "").split(";"));
}
