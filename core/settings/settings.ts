/**
 * Books of project settings, one for each section: what the cache may do, where calls go, what they
 * may cost. The sections' schemas belong to the parts that obey them.
 *
 * Owns `["settings", …]`.
 *
 * @module
 */
import { z } from "zod";
import { settingsDataSchema, type SettingsSection } from "../event/settings.ts";
import type { LogReader } from "../log/contract.ts";
import type { KvPort } from "../log/kv.ts";
import {
  type Book,
  type BookPorts,
  createBook,
  type Kept,
  replayBook,
  type Subject,
} from "./book.ts";

/** A section's settings as one change has left them. */
export interface SectionState<S> {
  readonly version: number;
  readonly settings: S;
}

/** One section: its name and what its settings look like. */
export interface Section<S> {
  readonly name: SettingsSection;
  /** Fills in the default of every field: `{}` gives the settings of a project that changed nothing. */
  readonly schema: z.ZodType<S>;
}

export interface SectionBook<S> {
  readonly section: Section<S>;
  /** As of now. */
  get(project: string): Promise<Kept<SectionState<S>>>;
  /** As of at most five seconds ago: from memory, a promise only when nothing fresh enough is there. */
  recent(project: string): S | Promise<S>;
  /**
   * Replaces a project's settings; resolves when the change is in the log and holds.
   *
   * @param replaces the version that the caller has seen
   * @throws {AppError} `conflict` when there is a later version
   */
  put(project: string, settings: S, replaces?: number): Promise<Kept<SectionState<S>>>;
  /** Resolves when nothing is being read. */
  idle(): Promise<void>;
}

/**
 * @example
 * ```ts
 * import { z } from "zod";
 * import { createSectionBook } from "@/core/settings/settings.ts";
 * import { expect } from "expect";
 *
 * const kv = await Deno.openKv(":memory:");
 * const book = createSectionBook(
 *   { name: "cache", schema: z.strictObject({ ttl: z.number().default(60) }) },
 *   {
 *     kv,
 *     // A real one is `createLogWriter()`.
 *     log: { append: ({ id }) => Promise.resolve({ id, position: { partition: 0, versionstamp: "", index: 0 } }) },
 *     now: () => 0,
 *     newId: () => "01",
 *   },
 * );
 * expect(await book.recent("p")).toEqual({ ttl: 60 });
 * await book.put("p", { ttl: 5 });
 * expect(await book.recent("p")).toEqual({ ttl: 5 });
 * kv.close();
 * ```
 */
export function createSectionBook<S>(section: Section<S>, ports: BookPorts): SectionBook<S> {
  const book: Book<SectionState<S>> = createBook(subjectOf(section), ports);
  return {
    section,
    get: (project) => book.get(project),
    recent(project) {
      const state = book.recent(project);
      return state instanceof Promise ? state.then(({ settings }) => settings) : state.settings;
    },
    put: (project, settings, replaces) =>
      book.put(project, (version) => ({ version, settings }), replaces),
    idle: () => book.idle(),
  };
}

/** The projects that have ever changed a section. */
export async function projectsOf<S>(section: Section<S>, kv: KvPort): Promise<string[]> {
  const projects: string[] = [];
  for await (const { key } of kv.list({ prefix: [...subjectOf(section).place, "project"] })) {
    projects.push(String(key.at(-1)));
  }
  return projects;
}

/** Brings a section to the state that the log tells of; returns how many states were brought. */
export function replaySection<S>(
  section: Section<S>,
  kv: KvPort,
  reader: LogReader,
): Promise<number> {
  return replayBook(subjectOf(section), kv, reader);
}

function subjectOf<S>(section: Section<S>): Subject<SectionState<S>> {
  const { name, schema } = section;
  return {
    place: ["settings", name],
    empty: { version: 0, settings: schema.parse({}) },
    field: name,
    parse: (stored) =>
      z.object({ version: z.number().int().nonnegative(), settings: schema }).parse(stored),
    event: ({ version, settings }) => ({
      type: "settings.changed",
      v: 1,
      data: settingsDataSchema.parse({ section: name, version, settings }),
    }),
    fromEvent({ type, v, data }) {
      if (type !== "settings.changed" || v !== 1) return null;
      const told = settingsDataSchema.parse(data);
      if (told.section !== name) return null;
      return { version: told.version, settings: schema.parse(told.settings) };
    },
  };
}
