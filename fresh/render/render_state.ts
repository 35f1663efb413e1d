/**
 * What is learned while one document is rendered: the islands in it and their props, the slots
 * handed to them, the elements for the head, and how far the document brings its own skeleton.
 * Rendering is synchronous, so exactly one state is current at a time.
 *
 * @module
 */
import type { AnyVNode } from "../component.ts";
import type { BuildCache, Island } from "../internal.ts";

/** An island as it was rendered. */
export interface IslandUse {
  island: Island;
  props: Record<string, unknown>;
}

/** Content handed to an island, kept until it is known whether the island showed it. */
export interface Slot {
  id: number;
  name: string;
  content: unknown;
  shown: boolean;
}

/** The state of one rendering. */
export class RenderState {
  readonly nonce = crypto.randomUUID().replaceAll("-", "");
  readonly uses: IslandUse[] = [];
  readonly slots: Slot[] = [];
  readonly head = new Map<string, AnyVNode>();
  /** Elements that the hooks made themselves and leave alone. */
  readonly own = new WeakSet<object>();
  /** For each component being rendered, whether it stands inside an island. */
  readonly inIsland: boolean[] = [];
  hasHtml = false;
  hasHead = false;
  hasBody = false;
  hasBoot = false;

  constructor(
    readonly pathname: string,
    readonly basePath: string,
    readonly build: BuildCache | null,
  ) {}

  /** The islands in use, each once, in the order of their first use. */
  islands(): Island[] {
    return [...new Set(this.uses.map((use) => use.island))];
  }

  get insideIsland(): boolean {
    return this.inIsland.at(-1) ?? false;
  }
}
