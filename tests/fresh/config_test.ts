/**
 * The two configurations: they must stay the same but for where the framework comes from.
 */
import { expect } from "expect";

interface Config {
  imports: Record<string, string>;
}

async function read(name: string): Promise<Config> {
  return JSON.parse(await Deno.readTextFile(new URL(`../../${name}`, import.meta.url)));
}

/** The configuration without its entries for the framework, as text: order counts too. */
function withoutFresh(config: Config): string {
  const imports = Object.entries(config.imports).filter(([name]) => !isFresh(name));
  return JSON.stringify({ ...config, imports });
}

function isFresh(name: string): boolean {
  return name === "fresh" || name.startsWith("fresh/");
}

Deno.test("deno.fresh.json differs from deno.json in its fresh entries alone", async () => {
  const [own, original] = [await read("deno.json"), await read("deno.fresh.json")];
  expect(withoutFresh(original)).toBe(withoutFresh(own));
});

Deno.test("both configurations name the same parts of the framework", async () => {
  const [own, original] = [await read("deno.json"), await read("deno.fresh.json")];
  const names = Object.keys(own.imports).filter(isFresh);
  expect(Object.keys(original.imports).filter(isFresh)).toEqual(names);
  for (const name of names) {
    const part = name.slice("fresh".length);
    expect(original.imports[name]).toBe(`jsr:@fresh/core@2.3.3${part}`);
    expect(own.imports[name]).toBe(`./fresh/${part.slice(1) || "mod"}.ts`);
  }
});
