/**
 * A real ClickHouse server for one machine, from npm, behind a URL.
 *
 * Owns the engine's directory and process. Guarantees: it listens on 127.0.0.1 only, behind a password
 * made for this start; a dead engine is started again on the same port with the same password; it ends
 * with its parent; a second start on the same directory is refused before it changes anything.
 *
 * @module
 */
import { claimDirectory, whyNotWritable } from "./directory.ts";
import { fetchLibrary } from "./library.ts";
import { embeddedPlatform, noEngine } from "./platform.ts";
import { type EngineProcess, type EngineStart, runEngine } from "./process.ts";
import { writeSettings } from "./settings.ts";
import { supervise } from "./supervision.ts";

export interface EmbeddedOptions {
  /** The engine's own directory; made when absent, then readable by its owner alone. */
  dataDir: string;
  /** Takes lines for the operator: progress, and the engine's own warnings. */
  log: (line: string) => void;
  onState?: (state: EngineState) => void;
  /** Share of the machine's memory that the engine may use, 0 to 1. @default {0.5} */
  memoryRatio?: number;
  /** The machine's target triple. @default {Deno.build.target} */
  target?: string;
}

export type EngineState =
  | { state: "starting" }
  | { state: "ready"; pid: number }
  | { state: "restarting"; attempt: number; reason: string }
  | { state: "stopped" };

export interface Engine {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** The database to use. Not made yet: the migrator does that. */
  readonly database: string;
  /** Process id of the running engine; undefined between two runs. */
  pid(): number | undefined;
  /** Ends the engine within about a second. Safe to call twice. */
  stop(): Promise<void>;
  /** Settles after `stop()`: the engine never gives up on its own. */
  readonly exited: Promise<void>;
}

const ownUser = "app";
/** Never `default`, whose Overlay engine lacks features that the migrations use. */
const ownDatabase = "watchllm";

/**
 * Starts the engine and waits until it listens. Throws, with a message for the operator, when this machine
 * has no engine, the library cannot be fetched, the directory is in use, or ClickHouse refuses to start.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Engine> {
  const { log, onState = () => {}, memoryRatio = 0.5 } = options;
  const platform = embeddedPlatform(options.target ?? Deno.build.target);
  if (!platform.ok) throw new Error(platform.message);
  const claim = await claimDirectory(options.dataDir);
  if (!claim.ok) throw new Error(claim.message);

  const { package: packageName } = platform;
  const { path: directory, release } = claim;
  const password = crypto.getRandomValues(new Uint8Array(32)).toHex();
  try {
    onState({ state: "starting" });
    const first = await firstStart();
    const engine = supervise({
      first,
      startAgain: () => start(first.port),
      onRestart: (attempt, reason) => onState({ state: "restarting", attempt, reason }),
    });
    return {
      url: `http://127.0.0.1:${first.port}`,
      user: ownUser,
      password,
      database: ownDatabase,
      pid: engine.pid,
      stop: engine.stop,
      exited: engine.exited.then(() => {
        release();
        onState({ state: "stopped" });
      }),
    };
  } catch (error) {
    release();
    throw error;
  }

  async function firstStart(): Promise<EngineProcess> {
    let outcome = await start(0);
    if (!outcome.ok && outcome.reason === "library-missing") {
      await fetchLibrary(packageName, log);
      outcome = await start(0);
    }
    if (outcome.ok) return outcome.process;
    const blocked = await whyNotWritable(directory);
    if (blocked !== null) {
      throw new Error(`The embedded ClickHouse cannot write to "${directory}": ${blocked}.`);
    }
    throw new Error(noEngine(`The embedded ClickHouse does not start: ${describe(outcome)}`));
  }

  async function start(port: number): Promise<EngineStart> {
    await writeSettings({ directory, port, user: ownUser, password, memoryRatio });
    const outcome = await runEngine({ package: packageName, directory, log });
    if (outcome.ok) onState({ state: "ready", pid: outcome.process.pid });
    return outcome;
  }
}

function describe(outcome: Exclude<EngineStart, { ok: true }>): string {
  return outcome.reason === "refused" ? outcome.message : "its library cannot be found";
}
