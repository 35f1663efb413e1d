/**
 * The demo's command line.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { errorMessage } from "@/core/caught.ts";

export const demoHelp =
  `Fills an installation with realistic traffic, without any provider or network.

Usage: deno task demo [options]

A month of history is appended to the real event log, with its own times; then calls are made through the
real gateway to a built-in provider simulator. When WatchLLM already runs on the data directory, the demo
joins it; otherwise it starts it, with every provider replaced by the simulator. Nothing leaves this
machine. Demo events are marked, and --remove takes them away again.

  --days <n>           days of history (30; 0 for none)
  --rate <n>           calls per hour of the history, on average (90)
  --live-seconds <n>   seconds of live calls (60; 0 for none)
  --live               live calls until Ctrl-C
  --exit               stop in the end, even when the demo started WatchLLM itself
  --project <id>       the project to fill (the first one)
  --url <address>      the dashboard's address, when it is not the configured one
  --seed <n>           another seed gives other traffic (1)
  --remove             remove what earlier demos wrote, and do nothing else
  --help               this text

The demo writes to the log of the data directory (WATCHLLM_DATA_DIR): run it on the machine that holds it.
`;

export interface DemoArgs {
  readonly help: boolean;
  readonly remove: boolean;
  readonly days: number;
  readonly rate: number;
  /** Infinity until it is told to stop. */
  readonly liveSeconds: number;
  readonly exit: boolean;
  readonly project: string | null;
  readonly url: string | null;
  readonly seed: number;
}

export type ParsedDemoArgs =
  | { readonly ok: true; readonly args: DemoArgs }
  | { readonly ok: false; readonly detail: string };

/** Reads the arguments; `detail` names the one that is wrong. */
export function parseDemoArgs(args: readonly string[]): ParsedDemoArgs {
  try {
    return { ok: true, args: read(args) };
  } catch (error) {
    return { ok: false, detail: errorMessage(error) };
  }
}

function read(args: readonly string[]): DemoArgs {
  const { values } = parseArgs({
    args: [...args],
    options: {
      days: { type: "string", default: "30" },
      rate: { type: "string", default: "90" },
      "live-seconds": { type: "string", default: "60" },
      live: { type: "boolean", default: false },
      exit: { type: "boolean", default: false },
      project: { type: "string" },
      url: { type: "string" },
      seed: { type: "string", default: "1" },
      remove: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.url !== undefined && !URL.canParse(values.url)) {
    throw new RangeError("--url must be an address such as http://127.0.0.1:8787");
  }
  return {
    help: values.help,
    remove: values.remove,
    days: whole("--days", values.days, 400),
    rate: whole("--rate", values.rate, 100_000),
    liveSeconds: values.live
      ? Infinity
      : whole("--live-seconds", values["live-seconds"], 86_400 * 7),
    exit: values.exit,
    project: values.project ?? null,
    url: values.url ?? null,
    seed: whole("--seed", values.seed, 2 ** 31),
  };
}

function whole(name: string, text: string, max: number): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isInteger(value) && value >= 0 && value <= max) return value;
  throw new RangeError(`${name} must be a whole number from 0 to ${max}: it is "${text}"`);
}
