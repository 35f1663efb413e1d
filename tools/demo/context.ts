/**
 * What the demo's parts work with.
 *
 * @module
 */
import type { Project } from "@/core/identity/types.ts";
import type { LogWriter } from "@/core/log/contract.ts";
import type { KvHandles } from "@/core/log/kv.ts";
import type { LogIdentity } from "@/core/log/open.ts";
import type { DemoArgs } from "./args.ts";
import type { Screen } from "./progress.ts";

export interface DemoContext {
  readonly args: DemoArgs;
  readonly kv: KvHandles;
  readonly log: LogIdentity;
  readonly writer: LogWriter;
  readonly project: Project;
  readonly say: (line: string) => void;
  readonly screen: Screen;
  readonly signal: AbortSignal;
}
