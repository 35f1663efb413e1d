/**
 * The exact cache's key: SHA-256 over a request's parts in canonical form, the project first. Two
 * requests have one key only when every part of them is equal, to the last nested field. Each part has a
 * hash of its own too, so that a miss can name the one that differs.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { canonicalJson } from "../canonical_json.ts";
import { volatileFields } from "../volatile.ts";
import {
  type BodyComponent,
  type ComponentName,
  componentNames,
  componentOf,
} from "./components.ts";
import { without } from "./ignore.ts";

/** A request as the gateway has parsed it. */
export interface KeyInput {
  readonly project: string;
  readonly provider: string;
  /** Where the provider is reached: an answer of a test server is not one of the real one. */
  readonly origin: string;
  /** The operation, its path without what only chooses the form of the answer, and the query. */
  readonly endpoint: string;
  readonly model: string;
  /** API version and beta headers. */
  readonly version: Readonly<Record<string, string>>;
  /** The parsed body, in the provider's own form. */
  readonly body: unknown;
  /** The body's bytes when they are no valid Unicode, which a parsed body cannot tell. */
  readonly rawBody?: Uint8Array | undefined;
  /** Whether one stored answer can serve both forms; otherwise `stream` is part of the key. */
  readonly bothForms: boolean;
  readonly stream: boolean;
  readonly scope: Scope;
}

/** What the caller or the project divides the cache by. */
export interface Scope {
  readonly namespace: string;
  readonly seed: string;
  /** Which of several answers to one request. */
  readonly bucket: number;
  /** Paths that are left out. */
  readonly ignore: readonly string[];
  /** Stands for the whole body when it is set. */
  readonly customKey: string | null;
}

/** The hash of each part, hex. */
export type Components = Readonly<Record<ComponentName, string>>;

export class ExactKey {
  /** SHA-256 over all parts, hex. */
  readonly hash: string;
  readonly #texts: readonly string[];
  #components: Components | null = null;

  /** @param texts the parts in canonical form, in the order of their names */
  constructor(texts: readonly string[]) {
    this.#texts = texts;
    // Canonical JSON holds no line feed: no two lists of parts have one text.
    this.hash = sha256(texts.join("\n"));
  }

  /** Made when they are first asked for: a hit needs none of them. */
  get components(): Components {
    return this.#components ??= componentHashes(this.#texts);
  }
}

/**
 * @example
 * ```ts
 * import { expect } from "expect";
 * import { keyOf } from "@/core/cache/exact/key.ts";
 *
 * const request = {
 *   project: "p1",
 *   provider: "openai",
 *   origin: "https://api.openai.com",
 *   endpoint: "/v1/chat/completions",
 *   model: "gpt-4o",
 *   version: {},
 *   body: { messages: [{ role: "user", content: "Hi" }], temperature: 0, user: "ann" },
 *   bothForms: true,
 *   stream: false,
 *   scope: { namespace: "", seed: "", bucket: 0, ignore: [], customKey: null },
 * };
 * const other = { ...request, body: { ...request.body, user: "bob" } };
 * expect(keyOf(other).hash).toBe(keyOf(request).hash);
 * expect(keyOf({ ...request, project: "p2" }).hash).not.toBe(keyOf(request).hash);
 * ```
 */
export function keyOf(input: KeyInput): ExactKey {
  const { project, provider, origin, endpoint, model, version, scope } = input;
  const parts = scope.customKey === null ? bodyParts(input) : customParts(scope.customKey);
  const values: Readonly<Record<ComponentName, unknown>> = {
    project,
    provider: [provider, origin],
    endpoint,
    model,
    version,
    ...parts,
    scope,
  };
  return new ExactKey(componentNames.map((name) => canonicalJson(values[name])));
}

function componentHashes(texts: readonly string[]): Components {
  const hashes = componentNames.map((name, i) => [name, sha256(texts[i] ?? "")] as const);
  // One for each name of the list.
  return Object.fromEntries(hashes) as Components;
}

type Parts = Readonly<Record<BodyComponent, unknown>>;

/** Lists of pairs, not objects: a field may be named `__proto__`. */
type Pairs = [field: string, value: unknown][];

/** A body's parts, the volatile fields and what is to be ignored left out. */
function bodyParts(
  { body, rawBody, bothForms, stream, scope }: Pick<
    KeyInput,
    "body" | "rawBody" | "bothForms" | "stream" | "scope"
  >,
): Parts {
  const parts: Record<BodyComponent, Pairs> = {
    system: [],
    messages: [],
    tools: [],
    response_format: [],
    sampling: [],
    other: [],
  };
  const reduced = scope.ignore.length === 0 ? body : without(body, scope.ignore);
  if (!bothForms) parts.other.push(["stream", stream]);
  if (rawBody) parts.other.push(["raw body", createHash("sha256").update(rawBody).digest("hex")]);
  if (typeof reduced !== "object" || reduced === null || Array.isArray(reduced)) {
    parts.other.push(["body", reduced]);
    return parts;
  }
  for (const [field, value] of Object.entries(reduced)) {
    // The model is a part of its own, without the provider's name before it.
    if (volatileFields.has(field) || field === "model") continue;
    if (field === "messages" && Array.isArray(value)) splitMessages(value, parts);
    else parts[componentOf(field)].push([field, value]);
  }
  for (const pairs of Object.values(parts)) pairs.sort(([x], [y]) => x < y ? -1 : x > y ? 1 : 0);
  return parts;
}

/** The system's messages belong to the system prompt; their places tell where they stood. */
function splitMessages(messages: readonly unknown[], parts: Record<BodyComponent, Pairs>): void {
  const system: [place: number, message: unknown][] = [];
  const others: unknown[] = [];
  messages.forEach((message, place) => {
    if (isSystem(message)) system.push([place, message]);
    else others.push(message);
  });
  if (system.length > 0) parts.system.push(["messages", system]);
  parts.messages.push(["messages", others]);
}

function isSystem(message: unknown): boolean {
  if (typeof message !== "object" || message === null || !("role" in message)) return false;
  return message.role === "system" || message.role === "developer";
}

function customParts(key: string): Parts {
  return {
    system: null,
    messages: ["custom key", key],
    tools: null,
    response_format: null,
    sampling: null,
    other: null,
  };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
