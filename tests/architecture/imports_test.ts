/**
 * The architecture as a test: which folder may import which, no cycles, no bare handles. It reads the
 * imports of every module, so a wrong arrow fails here before anybody reviews it.
 */
import { expect } from "expect";
import { dirname, join, relative, resolve } from "node:path/posix";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folders = [
  "core",
  "consumers",
  "clickhouse",
  "routes",
  "islands",
  "components",
  "fresh",
  "sdk",
  "tools",
];

/** What each folder may import of ours, besides itself. `types:` allows `import type` only. */
const arrows: Record<string, readonly string[]> = {
  core: [],
  clickhouse: ["core"],
  consumers: ["core", "clickhouse"],
  routes: ["core", "components", "islands", "types:consumers"],
  islands: ["components", "types:core", "types:routes"],
  components: ["types:core"],
  fresh: [],
  sdk: [],
  tools: ["core", "consumers", "clickhouse", "routes", "types:components", "fresh.config.ts"],
};

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

const importPattern =
  /^\s*(?:import|export)\s+(type\s+)?(?:[^"';]*?\sfrom\s+)?["']([^"']+)["']|import\(\s*["']([^"']+)["']\s*\)/gm;

async function modules(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(join(root, folder))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) found.push(...await modules(path));
    else if (/\.tsx?$/.test(entry.name)) found.push(path);
  }
  return found;
}

async function importsOf(path: string): Promise<Import[]> {
  const code = (await Deno.readTextFile(join(root, path))).replaceAll(/\/\*[\s\S]*?\*\//g, "");
  return [...code.matchAll(importPattern)].flatMap((match) => {
    const specifier = match[2] ?? match[3] ?? "";
    const to = resolveImport(path, specifier);
    return to ? [{ from: path, to, typeOnly: Boolean(match[1]) }] : [];
  });
}

function resolveImport(from: string, specifier: string): string | null {
  if (specifier.startsWith("@/")) return specifier.slice(2);
  if (!specifier.startsWith(".")) return null;
  return relative(root, resolve(root, dirname(from), specifier));
}

async function allImports(): Promise<Import[]> {
  const paths = (await Promise.all(folders.map(modules))).flat();
  return (await Promise.all(paths.map(importsOf))).flat();
}

function forbidden({ from, to, typeOnly }: Import): boolean {
  const [source = "", target = ""] = [from.split("/")[0], to.split("/")[0]];
  if (source === target) return false;
  const allowed = arrows[source] ?? [];
  return !allowed.includes(target) && !(typeOnly && allowed.includes(`types:${target}`));
}

/** Paths that lead back to where they began, each once, by depth-first search. */
function cycles(imports: readonly Import[]): string[] {
  const next = Map.groupBy(imports.filter((one) => !one.typeOnly), (one) => one.from);
  const state = new Map<string, "open" | "done">();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]) => {
    if (state.get(path) === "done") return;
    if (state.get(path) === "open") {
      found.push([...trail.slice(trail.indexOf(path)), path].join(" -> "));
      return;
    }
    state.set(path, "open");
    for (const { to } of next.get(path) ?? []) visit(to, [...trail, path]);
    state.set(path, "done");
  };
  for (const path of next.keys()) visit(path, []);
  return found;
}

Deno.test("every import follows the design's arrows", async () => {
  const wrong = (await allImports()).filter(forbidden);
  expect(wrong.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
});

Deno.test("a wrong arrow is found", () => {
  expect(forbidden({ from: "core/log/a.ts", to: "clickhouse/client.ts", typeOnly: true })).toBe(
    true,
  );
  expect(forbidden({ from: "islands/a.tsx", to: "core/a.ts", typeOnly: true })).toBe(false);
  expect(forbidden({ from: "islands/a.tsx", to: "core/a.ts", typeOnly: false })).toBe(true);
});

Deno.test("no import leads back to where it began", async () => {
  expect(cycles(await allImports())).toEqual([]);
});

Deno.test("a cycle is found", () => {
  const edge = (from: string, to: string) => ({ from, to, typeOnly: false });
  expect(cycles([edge("a", "b"), edge("b", "c"), edge("c", "a")])).toEqual(["a -> b -> c -> a"]);
});

Deno.test("the environment is read in main.ts alone", async () => {
  const paths = (await Promise.all(folders.map(modules))).flat();
  const readers: string[] = [];
  for (const path of paths) {
    const code = (await Deno.readTextFile(join(root, path)))
      .replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
    if (/Deno\.env\b|process\.env\b/.test(code)) readers.push(path);
  }
  expect(readers).toEqual([]);
});
