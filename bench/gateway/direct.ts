/**
 * No gateway at all: the upstream itself.
 *
 * @module
 */
import { spawnWithFirstLine } from "./process.ts";
import type { Target } from "./target.ts";

export async function startUpstream(): Promise<Target> {
  const file = new URL("./upstream.ts", import.meta.url).pathname;
  const { firstLine, pid, stop } = await spawnWithFirstLine(["run", "-A", file]);
  return {
    name: "direct",
    port: Number(firstLine),
    path: "/v1/chat/completions",
    headers: { authorization: "Bearer sk-bench" },
    pid,
    stop,
  };
}
