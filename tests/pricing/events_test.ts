/** Stored events of every version stay readable, byte for byte what they were. */
import { expect } from "expect";
import { upcast } from "@/core/event/upcast.ts";

const folder = new URL("./events/", import.meta.url);

for await (const { name } of Deno.readDir(folder)) {
  Deno.test(`a stored ${name.replace(".json", "")} is read as it was written`, async () => {
    const stored = JSON.parse(await Deno.readTextFile(new URL(name, folder)));
    expect(upcast(stored)).toEqual({ ok: true, event: stored });
  });
}
