/**
 * `deno task demo`: history into the log, live calls through the gateway, and the way back.
 *
 * Nothing it does leaves the machine: live calls go through a gateway of its own (the product's code on
 * the installation's log) whose providers are all the simulator.
 *
 * @module
 */
import { resolve } from "node:path";
import { createNudger, nudgePath } from "@/consumers/nudge.ts";
import { errorMessage } from "@/core/caught.ts";
import type { Config } from "@/core/config.ts";
import { openLog } from "@/core/log/open.ts";
import { createLogWriter } from "@/core/log/writer.ts";
import { claimDataDirectory } from "../data_directory.ts";
import { serveSimulator } from "../simulator/serve.ts";
import { aborted, stopSignal } from "../stop_signal.ts";
import { openKv } from "../stores.ts";
import { type DemoArgs, demoHelp, parseDemoArgs } from "./args.ts";
import { fillHistory } from "./fill_history.ts";
import { goLive } from "./go_live.ts";
import type { Screen } from "./progress.ts";
import { findProject } from "./project.ts";
import { removeDemo } from "./remove.ts";
import { demoLatency } from "./speed.ts";
import { simulatedProviders, startProduct, type StartProductOptions } from "./start_product.ts";

export interface DemoDeps {
  readonly config: Config;
  readonly screen: Screen;
  /** Where answers go that are no progress. */
  readonly say: (line: string) => void;
}

/** Runs the command. Resolves to the exit code. */
export async function demo(args: readonly string[], deps: DemoDeps): Promise<number> {
  const parsed = parseDemoArgs(args);
  const say = (line: string) => deps.screen.write(`${line}\n`);
  if (!parsed.ok) {
    say(`${parsed.detail}\nSee deno task demo --help.`);
    return 2;
  }
  if (parsed.args.help) {
    deps.say(demoHelp);
    return 0;
  }
  const stopping = stopSignal({ supervised: false });
  const seed = parsed.args.seed;
  const simulator = serveSimulator({ seed, latency: demoLatency(seed) });
  try {
    return await run(parsed.args, deps, say, stopping.signal, simulator.url);
  } catch (error) {
    say(errorMessage(error));
    return 1;
  } finally {
    await simulator.close();
    stopping.dispose();
  }
}

async function run(
  args: DemoArgs,
  deps: DemoDeps,
  say: (line: string) => void,
  signal: AbortSignal,
  simulatorUrl: string,
): Promise<number> {
  const product = args.remove ? null : await productFor(args, deps.config, { simulatorUrl, say });
  try {
    const url = await Promise.race([product?.ready, aborted(signal)]);
    if (signal.aborted) return 0;
    using kv = await openKv(deps.config);
    const project = await findProject(deps.config, kv, args.project);
    if (!project) {
      say(
        args.project
          ? `No project has the id ${args.project}: the dashboard's settings list them.`
          : "This data directory holds no project yet: start WatchLLM once, then try again.",
      );
      return 1;
    }
    const log = await openLog(kv);
    using nudger = createNudger(nudgePath(resolve(deps.config.WATCHLLM_DATA_DIR)));
    const writer = createLogWriter({
      kv: kv.write,
      ...log,
      onCommit: () => nudger.nudge(),
    });
    const context = { args, kv, log, writer, project, say, screen: deps.screen, signal };
    try {
      if (args.remove) {
        await removeDemo(context);
        return 0;
      }
      await fillHistory(context);
      await goLive(context, simulatorUrl);
    } finally {
      await writer.close();
    }
    if (!product) return 0;
    say(`\nDashboard: ${url}/dashboard`);
    if (!product.stop || args.exit || signal.aborted) return 0;
    say("WatchLLM goes on, with the simulator as every provider, until Ctrl-C.");
    await Promise.race([product.ended, aborted(signal)]);
    return 0;
  } finally {
    await product?.stop?.();
  }
}

/** The running installation. `stop` is there when it was started here. */
interface Product {
  readonly ready: Promise<string>;
  readonly ended?: Promise<void>;
  readonly stop?: () => Promise<void>;
}

async function productFor(
  { url }: DemoArgs,
  config: Config,
  { simulatorUrl, say }: { simulatorUrl: string } & Pick<StartProductOptions, "say">,
): Promise<Product> {
  const claim = await claimDataDirectory(resolve(config.WATCHLLM_DATA_DIR));
  if (!claim.ok) {
    say(`Joining the WatchLLM that runs on ${config.WATCHLLM_DATA_DIR}.`);
    const address = url ?? `http://${config.WATCHLLM_HOST}:${config.WATCHLLM_PORT}`;
    return { ready: Promise.resolve(address) };
  }
  claim.release();
  say("Starting WatchLLM with the simulator in place of every provider.");
  return startProduct({ env: simulatedProviders(simulatorUrl), say });
}
