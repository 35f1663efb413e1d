/**
 * Entries in memory, bounded by their bytes; the one unused longest goes first. Renderings of an entry
 * are kept with it and counted.
 *
 * @module
 */
import type { Entry } from "./entry.ts";

/** What an entry takes beside its bytes: its head and its place here. */
const overhead = 2_048;

export interface Remembered {
  readonly entry: Entry;
  /** The project's count of removals when the entry was read or written. */
  epoch: number;
  /** Other forms of the answer, by name. */
  readonly renderings: Map<string, Uint8Array>;
}

export class EntryMemory {
  readonly #limit: number;
  readonly #entries = new Map<string, Remembered>();
  #bytes = 0;

  /** @param limit bytes that all entries may take together */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(project: string, key: string): Remembered | undefined {
    const name = nameOf(project, key);
    const found = this.#entries.get(name);
    if (!found) return undefined;
    // A Map keeps the order of insertion: what is put in again is the youngest.
    this.#entries.delete(name);
    this.#entries.set(name, found);
    return found;
  }

  /** An entry that is larger than a quarter of all is not kept. */
  set(entry: Entry, epoch: number): void {
    const name = nameOf(entry.head.project, entry.head.key);
    this.#drop(name);
    const remembered = { entry, epoch, renderings: new Map<string, Uint8Array>() };
    if (weigh(remembered) > this.#limit / 4) return;
    this.#entries.set(name, remembered);
    this.#bytes += weigh(remembered);
    this.#makeRoom();
  }

  /** Keeps another form of an answer with its entry. */
  keepRendering(remembered: Remembered, form: string, bytes: Uint8Array): void {
    const { project, key } = remembered.entry.head;
    if (this.#entries.get(nameOf(project, key)) !== remembered) return;
    remembered.renderings.set(form, bytes);
    this.#bytes += bytes.length;
    this.#makeRoom();
  }

  delete(project: string, key: string): void {
    this.#drop(nameOf(project, key));
  }

  deleteWhere(project: string, matches: (entry: Entry) => boolean): void {
    for (const [name, { entry }] of this.#entries) {
      if (entry.head.project === project && matches(entry)) this.#drop(name);
    }
  }

  #makeRoom(): void {
    for (const name of this.#entries.keys()) {
      if (this.#bytes <= this.#limit) return;
      this.#drop(name);
    }
  }

  #drop(name: string): void {
    const found = this.#entries.get(name);
    if (!found) return;
    this.#entries.delete(name);
    this.#bytes -= weigh(found);
  }
}

/** The project first: what belongs to one can never be read as another's. */
function nameOf(project: string, key: string): string {
  return `${project}\n${key}`;
}

function weigh({ entry, renderings }: Remembered): number {
  let bytes = overhead + entry.bytes.length;
  for (const rendering of renderings.values()) bytes += rendering.length;
  return bytes;
}
