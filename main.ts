/**
 * The composition root: reads the environment, parses the configuration, and hands both to the command
 * that was asked for. Nothing else in the product reads the environment.
 *
 * @module
 */
import { parseArgs } from "node:util";
import manifest from "./deno.json" with { type: "json" };
import { type Config, readConfig } from "@/core/config.ts";
import { plainHelp } from "./tools/plain_help.ts";
import { refusalOf } from "./tools/refusal.ts";

const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));

/** Where progress is drawn: beside what is printed, so that output can be redirected. */
const screen = {
  write: (text: string) => Deno.stderr.writeSync(new TextEncoder().encode(text)),
  isTerminal: Deno.stderr.isTerminal(),
};

/** One line of JSON for each thing that an operator should know. */
function report(message: string, details: Readonly<Record<string, unknown>>): void {
  const line = JSON.stringify({ at: new Date().toISOString(), message, ...details });
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}

type Command = (args: readonly string[], config: Config) => Promise<number>;

/** Loaded when asked for: the web process should not carry the bundler, nor a migration the pages. */
const commands: Readonly<Record<string, Command>> = {
  async start(args, config) {
    const { start } = await import("./tools/start.ts");
    const { buildUi } = await import("./tools/build_ui.ts");
    return await start(args, { config, buildUi, say });
  },
  async web(args, config) {
    const { runWeb } = await import("./tools/web/run.ts");
    return await runWeb(args, { config, version: manifest.version, say, report });
  },
  async consumers(args, config) {
    const { consume } = await import("./tools/consume.ts");
    return await consume(args, { config, report });
  },
  async single(args, config) {
    parseArgs({ args: [...args], options: {} });
    const { runSingle } = await import("./tools/single.ts");
    return await runSingle({ config, version: manifest.version, say, report, onDeploy: false });
  },
  async build(args) {
    parseArgs({ args: [...args], options: {} });
    const { build } = await import("./tools/single.ts");
    const { buildUi } = await import("./tools/build_ui.ts");
    return await build(buildUi);
  },
  async migrate(args, config) {
    const { migrate } = await import("./tools/migrate.ts");
    return await migrate(args, { config, say });
  },
  async rebuild(args, config) {
    const { runRebuild } = await import("./tools/run_rebuild.ts");
    return await runRebuild(args, { config, say, screen });
  },
  async reprice(args, config) {
    const { runReprice } = await import("./tools/run_reprice.ts");
    return await runReprice(args, { config, say, screen });
  },
  async "dead-letters"(args, config) {
    const { runDeadLetters } = await import("./tools/run_dead_letters.ts");
    return await runDeadLetters(args, { config, say });
  },
  async backup(args, config) {
    const { backup } = await import("./tools/backup/backup.ts");
    const { version } = manifest;
    return await backup(args, { config, version, say, screen, now: () => Date.now() });
  },
  async restore(args, config) {
    const { restore } = await import("./tools/backup/restore.ts");
    return await restore(args, { config, say, screen, now: () => Date.now() });
  },
  async "rotate-master-key"(args, config) {
    const { rotateMasterKey } = await import("./tools/rotate_master_key.ts");
    return await rotateMasterKey(args, { config, say });
  },
  async demo(args, config) {
    const { demo } = await import("./tools/demo/demo.ts");
    return await demo(args, { config, say, screen });
  },
};

const help = `WatchLLM ${manifest.version}

Usage: deno run -A main.ts <command>

  start       everything: embedded ClickHouse, consumers, gateway and dashboard
  web         gateway, API and dashboard alone (needs CLICKHOUSE_URL)
  consumers   the projection into ClickHouse alone (needs CLICKHOUSE_URL)
  single      all but ClickHouse in one process (needs CLICKHOUSE_URL, and a build)
  build       bundle the dashboard's scripts for it
  migrate     bring ClickHouse's tables up to date
  rebuild     project the whole log into fresh tables and swap them in
  reprice     price history again from its token counts
  dead-letters
              events that could not be projected: list, replay or drop them
  backup      copy the event log into a folder, while traffic goes on
  restore     make a data directory from a backup
  rotate-master-key
              give the installation another master key
  demo        fill the installation with realistic traffic, offline

Each command has --help. Settings are environment variables; the README lists them.
`;

async function main([name = "help", ...given]: readonly string[]): Promise<number> {
  const args = given.map((arg) => arg === "-h" ? "--help" : arg);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) {
    const asked = ["help", "--help", "-h"].includes(name);
    say(asked ? help : `There is no command ${name}.\n\n${help}`);
    return asked ? 0 : 2;
  }
  const plain = plainHelp(name);
  if (plain && args.includes("--help")) {
    say(plain);
    return 0;
  }
  const read = readConfig(Deno.env.toObject());
  if (!read.ok) {
    say(`The configuration is not valid:\n${read.detail}`);
    return 2;
  }
  if (name === "start" || name === "single") read.warnings.forEach(say);
  try {
    return await command(args, read.config);
  } catch (error) {
    const refusal = refusalOf(error, `${calledAs(name)} --help`);
    if (!refusal) throw error;
    say(refusal.text);
    return refusal.code;
  }
}

/** How a command is typed: the halves of the product are no tasks. */
function calledAs(name: string): string {
  return Object.hasOwn(manifest.tasks, name) ? `deno task ${name}` : `deno run -A main.ts ${name}`;
}

/** Deno Deploy runs this module without arguments and finds its cron by evaluating it. */
function serveOnDeploy(): void {
  const opening = openOnDeploy();
  Deno.cron("drain", "* * * * *", async () => (await opening).drainer.now());
  Deno.serve(async (request, info) => (await opening).handler(request, info));
}

async function openOnDeploy() {
  const read = readConfig(Deno.env.toObject());
  if (!read.ok) throw new Error(`The configuration is not valid:\n${read.detail}`);
  const { openSingle } = await import("./tools/single.ts");
  const { version } = manifest;
  return await openSingle({ config: read.config, version, report, onDeploy: true });
}

if (import.meta.main) {
  if (Deno.env.has("DENO_DEPLOYMENT_ID")) serveOnDeploy();
  else Deno.exit(await main(Deno.args));
}
