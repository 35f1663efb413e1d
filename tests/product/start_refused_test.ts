/** What a user reads when a start cannot be: a sentence that names the setting, and no stack trace. */
import { expect } from "expect";
import { eventually } from "@/tests/fixtures/eventually.ts";
import { keepRunning } from "@/tools/child.ts";
import { claimDataDirectory } from "@/tools/data_directory.ts";
import { whyNotWritable } from "@/clickhouse/embedded/directory.ts";
import { freePort } from "@/tools/free_port.ts";

const main = new URL("../../main.ts", import.meta.url).pathname;

async function run(
  command: string,
  env: Record<string, string> = {},
  ...args: string[]
): Promise<{ code: number; text: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", main, command, ...args],
    env: { ...env, NO_COLOR: "1" },
  }).output();
  return { code, text: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}

Deno.test("an option that a command does not have is named, with where to read on", async () => {
  const { code, text } = await run("start", {}, "--wach");
  expect(code).toBe(2);
  expect(text).toContain("--wach");
  expect(text).toContain("deno task start --help");
  expect(text).not.toContain("    at ");
});

Deno.test("wrong arguments of every command are named, whatever state the installation is in", async () => {
  const dataDir = await Deno.makeTempDir();
  try {
    const wrong: [command: string, args: string[], said: string][] = [
      ["rebuild", ["--nope"], "'--nope'"],
      ["rebuild", ["extra"], "'extra'"],
      ["reprice", ["--nope"], "'--nope'"],
      ["reprice", [], "--from is missing"],
      ["reprice", ["--from", "2026-02-30"], "--from must be a date"],
      ["dead-letters", ["--nope"], "'--nope'"],
      ["dead-letters", ["bury"], "There is no bury"],
      ["dead-letters", ["list", "--limit", "many"], "--limit must be a whole number"],
    ];
    for (const [command, args, said] of wrong) {
      const { code, text } = await run(command, { WATCHLLM_DATA_DIR: dataDir }, ...args);
      expect({ command, args, code }).toEqual({ command, args, code: 2 });
      expect(text).toContain(said);
      expect(text).toContain(`deno task ${command} --help`);
      expect(text).not.toContain("    at ");
    }
    expect([...Deno.readDirSync(dataDir)]).toEqual([]);
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
});

Deno.test("commands on an installation refuse a directory that is none, and leave it as it is", async () => {
  const dataDir = await Deno.makeTempDir();
  try {
    for (
      const [command, ...args] of [["rebuild"], ["reprice", "--from", "2026-01-01"], [
        "dead-letters",
      ], ["backup"]] as const
    ) {
      const { code, text } = await run(command, { WATCHLLM_DATA_DIR: dataDir }, ...args);
      expect({ command, code }).toEqual({ command, code: 1 });
      expect(text).toContain(`There is no event log in ${dataDir}`);
    }
    expect([...Deno.readDirSync(dataDir)]).toEqual([]);
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
});

Deno.test("the halves of the product say what they need, and how they are called", async () => {
  const dataDir = await Deno.makeTempDir();
  try {
    for (const command of ["web", "consumers"]) {
      const { code, text } = await run(command, { WATCHLLM_DATA_DIR: dataDir });
      expect({ command, code }).toEqual({ command, code: 2 });
      expect(text).toContain("set CLICKHOUSE_URL");
      expect(text).not.toContain("    at ");
      const wrong = await run(command, {}, "--nope");
      expect(wrong.text).toContain(`deno run -A main.ts ${command} --help`);
    }
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
});

Deno.test("a directory that takes no files is told from one that does", async () => {
  const dataDir = await Deno.makeTempDir();
  expect(await whyNotWritable(dataDir)).toBeNull();
  expect([...Deno.readDirSync(dataDir)]).toEqual([]);
  await Deno.remove(dataDir);
  expect(await whyNotWritable(dataDir)).toContain("os error");
});

Deno.test("-h is --help, of a command and of them all", async () => {
  expect(await run("-h")).toMatchObject({ code: 0 });
  const { code, text } = await run("start", {}, "-h");
  expect(code).toBe(0);
  expect(text).toContain("Usage: deno task start");
});

Deno.test("a command that does not exist is named", async () => {
  const { code, text } = await run("strat");
  expect(code).toBe(2);
  expect(text).toContain("There is no command strat.");
});

Deno.test("every command has a help on its output, and does nothing then", async () => {
  const { text } = await run("--help");
  const commands = [...text.matchAll(/^ {2}([a-z-]+)(?: {2}|$)/gm)].map(([, name]) => name ?? "");
  expect(commands).toEqual(expect.arrayContaining(["start", "build", "demo", "consumers"]));
  for (const command of commands) {
    const { code, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", main, command, "--help"],
      env: { NO_COLOR: "1" },
      stderr: "null",
    }).output();
    const said = new TextDecoder().decode(stdout);
    expect({ command, code, said }).toEqual({
      command,
      code: 0,
      said: expect.stringContaining("Usage: "),
    });
  }
});

Deno.test("a data directory that cannot be made is named, with the setting", async () => {
  const file = await Deno.makeTempFile();
  try {
    const claim = await claimDataDirectory(`${file}/data`);
    expect(claim).toMatchObject({ ok: false });
    if (!claim.ok) expect(claim.message).toContain(`${file}/data`);
    if (!claim.ok) expect(claim.message).toContain("WATCHLLM_DATA_DIR");
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("an address that is not this machine's is named, with the setting", () => {
  // Kept for documentation: no machine has it.
  expect(() => freePort("192.0.2.1", 0)).toThrow(/192\.0\.2\.1.*WATCHLLM_HOST/);
});

Deno.test("a port that is taken is named, with the setting", () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  expect(() => freePort("127.0.0.1", port)).toThrow(`Port ${port} on 127.0.0.1 is taken`);
});

Deno.test("a process that died is started again without what its first start alone is told", async () => {
  const directory = await Deno.makeTempDir();
  const told = `${directory}/told`;
  const program = `${directory}/program.ts`;
  await Deno.writeTextFile(
    program,
    `
    Deno.writeTextFileSync(${JSON.stringify(told)}, Deno.args.join() + "\\n", { append: true });
    Deno.exit(1);`,
  );
  const child = keepRunning({
    name: "web",
    args: ["run", "-A", "--no-check", program, "always"],
    firstArgs: ["--started-at=1"],
    env: {},
    say: () => {},
    stopping: new AbortController().signal,
  });
  try {
    await eventually(async () => {
      const lines = (await Deno.readTextFile(told).catch(() => "")).split("\n");
      expect(lines.slice(0, 2)).toEqual(["always,--started-at=1", "always"]);
    });
  } finally {
    await child.stop();
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("a process that says what must be changed is not started again", async () => {
  const said: string[] = [];
  const { promise: refused, resolve } = Promise.withResolvers<void>();
  const child = keepRunning({
    name: "web",
    args: ["eval", "Deno.exit(2)"],
    env: {},
    say: (line) => said.push(line),
    stopping: new AbortController().signal,
    onRefused: resolve,
  });
  await refused;
  await child.stop();
  expect(said).toEqual([]);
});

Deno.test("a log whose file is no database is named, with what to do", async () => {
  const dataDir = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${dataDir}/log.sqlite3`, "no database at all".repeat(100));
    const { code, text } = await run("consumers", {
      WATCHLLM_DATA_DIR: dataDir,
      CLICKHOUSE_URL: "http://127.0.0.1:9",
    });
    expect(code).toBe(2);
    expect(text).toContain(`${dataDir}/log.sqlite3`);
    expect(text).toContain("deno task restore");
    expect(text).not.toContain("    at ");
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
});
