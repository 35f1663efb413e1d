/** A backup of an installation under traffic, and an installation made from it. */
import { expect } from "expect";
import { join } from "node:path";
import { renewLog } from "@/core/log/renew.ts";
import { openLog } from "@/core/log/open.ts";
import { eventually } from "@/tests/fixtures/eventually.ts";
import { startProduct } from "@/tests/fixtures/product.ts";
import { serveSimulator } from "@/tools/simulator/serve.ts";
import { chat, stored } from "./calls.ts";

const root = new URL("../../", import.meta.url);

async function run(command: string, args: string[], dataDir: string) {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "main.ts", command, ...args],
    cwd: root,
    env: { NO_COLOR: "1", WATCHLLM_DATA_DIR: dataDir },
    stderr: "null",
  }).output();
  return { code, said: new TextDecoder().decode(stdout) };
}

Deno.test("a backup taken under traffic becomes an installation that has every call and takes more", async () => {
  const simulator = serveSimulator({ seed: 7 });
  const env = {
    WATCHLLM_UPSTREAM_OPENAI: `${simulator.url}/openai`,
    OPENAI_API_KEY: "sk-unused",
  };
  const folder = await Deno.makeTempDir({ prefix: "watchllm-backup-" });
  const to = join(folder, "copy");
  const dataDir = join(folder, "data");
  const before: string[] = [];
  const meanwhile: string[] = [];

  const first = await startProduct({ env });
  try {
    for (let i = 0; i < 10; i++) before.push(await chat(first));
    let copying = true;
    const made = run("backup", ["--to", to], first.dataDir).finally(() => copying = false);
    while (copying) meanwhile.push(await chat(first));
    expect(await made).toMatchObject({ code: 0 });
    expect((await run("backup", ["--to", to], first.dataDir)).said).toContain("exists");
  } finally {
    await first.stop();
  }
  expect((await Deno.stat(join(to, "master.key"))).mode! & 0o777).toBe(0o600);

  expect(await run("restore", ["--from", to], dataDir)).toMatchObject({ code: 0 });
  expect((await run("restore", ["--from", to], dataDir)).said).toContain(
    "holds log.sqlite3 already",
  );
  const second = await startProduct({ env, dataDir });
  try {
    const after = [await chat(second), await chat(second)];
    const found = await eventually(async () => {
      const ids = await stored(second);
      expect(ids).toEqual(expect.arrayContaining([...before, ...after]));
      return ids;
    });
    // A copy of one instant: of the calls meanwhile the first ones, without a gap.
    const kept = meanwhile.filter((id) => found.includes(id));
    expect(kept).toEqual(meanwhile.slice(0, kept.length));
    expect(found.length).toBe(before.length + kept.length + after.length);
    const proof = await fetch(`${second.url}/v1/log/proof`, {
      headers: { authorization: `Bearer ${second.key}` },
    });
    expect(await proof.json()).toMatchObject({ complete: true });
  } finally {
    await second.stop();
    await simulator.close();
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a backup that was changed, or cut off, is refused", async () => {
  const folder = await Deno.makeTempDir({ prefix: "watchllm-backup-" });
  try {
    const dataDir = join(folder, "data");
    await Deno.mkdir(dataDir);
    const kv = await Deno.openKv(join(dataDir, "log.sqlite3"));
    await openLog({ write: kv, read: kv });
    kv.close();
    const to = join(folder, "copy");
    expect(await run("backup", ["--to", to], dataDir)).toMatchObject({ code: 0 });
    const target = join(folder, "other");

    const log = await Deno.readFile(join(to, "log.sqlite3"));
    await Deno.writeFile(
      join(to, "log.sqlite3"),
      log.map((byte, at) => at === 5_000 ? ~byte : byte),
    );
    expect((await run("restore", ["--from", to], target)).said).toContain(
      "is not what was backed up",
    );
    await Deno.remove(join(to, "backup.json"));
    expect((await run("restore", ["--from", to], target)).said).toContain("is no whole backup");
    expect([...Deno.readDirSync(target)].map(({ name }) => name)).toEqual(["lock"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a restored log hands out no position under the generation of the lost one", async () => {
  const kv = await Deno.openKv(":memory:");
  const handles = { write: kv, read: kv };
  const log = await openLog(handles, { clock: () => 5_000 });
  expect((await renewLog(kv, 5_000)).generation).toBe(log.generation + 1);
  expect((await renewLog(kv, 99_000)).generation).toBe(99);
  expect(await openLog(handles)).toMatchObject({ partitions: log.partitions, generation: 99 });
  kv.close();
});
