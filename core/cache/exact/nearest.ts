/**
 * Remembers the keys of requests lately seen, so that a miss can say which of them it was most alike
 * and in what they differ. Bounded, in memory, searched without a scan: requests that differ in one part
 * of the key meet under the hash of all others.
 *
 * @module
 */
import { Recent } from "../../recent.ts";
import { type ComponentName, componentNames } from "./components.ts";
import type { Components } from "./key.ts";
import { differing, type PathHashes } from "./paths.ts";

/** Keys remembered of one project. */
const keysKept = 128;
/** Projects whose keys are remembered; the one unused longest is forgotten. */
const projectsKept = 64;
/** Of one model, how many keys are compared when none differs in a single part. */
const compared = 16;

export interface SeenKey {
  readonly event: string;
  readonly components: Components;
  readonly paths: PathHashes;
}

export interface Nearest {
  readonly event: string;
  /** The parts that differ, the fewest possible. */
  readonly differs: ComponentName[];
  /** Where in the body, as far as it was kept. */
  readonly paths: string[];
}

export interface NearestKeys {
  find(project: string, key: Omit<SeenKey, "event">): Nearest | null;
  add(project: string, key: SeenKey): void;
}

interface ProjectKeys {
  /** Under each of a key's parts: the latest key whose other parts have this hash. */
  readonly without: Recent<SeenKey>;
  /** The latest keys of one model. */
  readonly byModel: Recent<SeenKey[]>;
}

/** A request is never told apart by its project; the others stand in every key. */
const told = componentNames.filter((name) => name !== "project");

/** Of requests that differ in one part, one that asks the same is nearer than one that asks something else. */
const nearestFirst = [...told.filter((name) => name !== "messages"), "messages" as const];

export function createNearestKeys(): NearestKeys {
  const projects = new Recent<ProjectKeys>(projectsKept);

  function keysOf(project: string): ProjectKeys {
    const known = projects.get(project);
    if (known) return known;
    const made: ProjectKeys = {
      without: new Recent(keysKept * told.length),
      byModel: new Recent(keysKept),
    };
    projects.set(project, made);
    return made;
  }

  function find(project: string, key: Omit<SeenKey, "event">): Nearest | null {
    const { without, byModel } = keysOf(project);
    const sum = sumOf(key.components);
    for (const name of nearestFirst) {
      const seen = without.get(otherParts(sum, key.components, name));
      if (seen) return nearest(seen, key);
    }
    const [best] = (byModel.get(key.components.model) ?? [])
      .map((seen) => nearest(seen, key))
      .sort((a, b) => a.differs.length - b.differs.length);
    return best ?? null;
  }

  function nearest(seen: SeenKey, key: Omit<SeenKey, "event">): Nearest {
    return {
      event: seen.event,
      differs: told.filter((name) => seen.components[name] !== key.components[name]),
      paths: differing(key.paths, seen.paths),
    };
  }

  return {
    find,
    add(project, key) {
      const { without, byModel } = keysOf(project);
      const sum = sumOf(key.components);
      for (const name of told) without.set(otherParts(sum, key.components, name), key);
      const { model } = key.components;
      byModel.set(model, [key, ...(byModel.get(model) ?? []).slice(0, compared - 1)]);
    },
  };
}

/** What all parts but one have in common, as a name: the sum of the others. */
function otherParts(sum: number, components: Components, left: ComponentName): string {
  return `${left}${sum - valueOf(components[left])}`;
}

function sumOf(components: Components): number {
  return told.reduce((sum, name) => sum + valueOf(components[name]), 0);
}

/** 48 bits of a hash: sums of a dozen are exact, and tell a few hundred keys apart. */
function valueOf(hash: string): number {
  return parseInt(hash.slice(0, 12), 16);
}
