/**
 * One call's dealings with the circuit breakers: which of its targets may be asked, and what a breaker
 * hears of each.
 *
 * Guarantees: a breaker that let the call try its target hears how that ended, or that it never did.
 *
 * @module
 */
import type { Call } from "../call.ts";
import type { Breakers } from "./breaker.ts";
import type { Leaf } from "./selection.ts";

export class CallBreakers {
  readonly #call: Call;
  readonly #breakers: Breakers;
  /** The breaker that waits to hear of the call, by its key. */
  #asked: string | null = null;

  constructor(call: Call, breakers: Breakers) {
    this.#call = call;
    this.#breakers = breakers;
  }

  /** Whether a target may be asked now; asking may take its turn. */
  mayAsk(leaf: Leaf): boolean {
    if (!leaf.breaker) return true;
    const key = this.#keyOf(leaf);
    if (!this.#breakers.allows(key, leaf.breaker)) return false;
    this.#asked = key;
    return true;
  }

  failed(leaf: Leaf): void {
    this.#asked = null;
    if (leaf.breaker) this.#breakers.failed(this.#keyOf(leaf), leaf.breaker);
  }

  succeeded(leaf: Leaf): void {
    this.#asked = null;
    if (leaf.breaker) this.#breakers.succeeded(this.#keyOf(leaf));
  }

  /** Whether nobody waits to hear of the call: all that was asked was told. */
  get hasTold(): boolean {
    return this.#asked === null;
  }

  /** Nothing more will be heard of the target that was asked last. */
  abandon(): void {
    if (this.#asked !== null) this.#breakers.abandoned(this.#asked);
    this.#asked = null;
  }

  #keyOf({ target, path }: Leaf): string {
    const { project, model, provider } = this.#call;
    const asked = target.provider ?? provider?.name ?? "";
    const name = target.name ?? path;
    return JSON.stringify([project?.project, name, asked, target.override_params?.model ?? model]);
  }
}
