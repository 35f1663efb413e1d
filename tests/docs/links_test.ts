/** What README and docs point at is there. */
import { expect } from "expect";
import { dirname, join, resolve } from "node:path";

const root = resolve(import.meta.dirname ?? ".", "../..");

async function sources(): Promise<string[]> {
  const docs = await Array.fromAsync(Deno.readDir(join(root, "docs")));
  return [
    "README.md",
    "CHANGELOG.md",
    ...docs.flatMap(({ name }) => name.endsWith(".md") ? [`docs/${name}`] : []),
  ];
}

/** Targets of links and pictures outside code, without those that lead elsewhere. */
function targets(markdown: string): string[] {
  const prose = markdown.replace(/^```[\s\S]*?^```/gm, "").replace(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = ""]) =>
    /^[a-z]+:|^#|^\//.test(target) ? [] : [target.replace(/#.*$/, "")]
  );
}

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch {
    return false;
  }
}

Deno.test("every relative link of README, CHANGELOG and docs leads to a file", async () => {
  const broken: string[] = [];
  for (const source of await sources()) {
    const text = await Deno.readTextFile(join(root, source));
    for (const target of targets(text)) {
      if (!await isThere(join(root, dirname(source), target))) broken.push(`${source}: ${target}`);
    }
  }
  expect(broken).toEqual([]);
});

Deno.test("links in code are none, and the others are found", () => {
  const text = "[a](b.md) `[c](d.md)` ![e](f.png)\n```\n[g](h.md)\n```\n[i](https://j) [k](l.md#m)";
  expect(targets(text)).toEqual(["b.md", "f.png", "l.md"]);
});

Deno.test("the README's layout has every folder of core, and none that is not there", async () => {
  const readme = await Deno.readTextFile(join(root, "README.md"));
  const [, block = ""] = /^core\/ .*\n((?: {2}.*\n)+)/m.exec(readme) ?? [];
  const named = [...block.matchAll(/^ {2}([a-z_]+)\//gm)].map(([, name]) => name).sort();
  const folders = (await Array.fromAsync(Deno.readDir(join(root, "core"))))
    .flatMap(({ name, isDirectory }) => isDirectory ? [name] : []).sort();
  expect(named).toEqual(folders);
});
