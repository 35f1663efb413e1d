/**
 * A map of bounded size that drops what was used longest ago.
 *
 * @module
 */
export class Recent<T> {
  readonly #entries = new Map<string, T>();
  readonly #capacity: number;
  /** What was used last: a busy key need not be moved for each call. */
  #youngest: string | undefined;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(name: string): T | undefined {
    const value = this.#entries.get(name);
    if (value === undefined || name === this.#youngest) return value;
    // A Map keeps the order of insertion: what is put in again is the youngest.
    this.#entries.delete(name);
    this.#entries.set(name, value);
    this.#youngest = name;
    return value;
  }

  set(name: string, value: T): void {
    this.#entries.delete(name);
    this.#entries.set(name, value);
    this.#youngest = name;
    if (this.#entries.size <= this.#capacity) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }

  delete(name: string): void {
    this.#entries.delete(name);
  }

  deletePrefix(prefix: string): void {
    for (const name of this.#entries.keys()) if (name.startsWith(prefix)) this.delete(name);
  }
}
