/**
 * Live calls through the real gateway. It runs in this process on the installation's log, with the
 * simulator as every provider, so that nothing reaches a real one whatever the installation is set to.
 *
 * @module
 */
import { createGateway, type GatewayConfig } from "@/core/gateway/gateway.ts";
import type { ProjectKey } from "@/core/identity/contract.ts";
import { makeKey } from "@/core/identity/key_format.ts";
import { isCallEvent } from "@/core/event/event.ts";
import type { LogWriter } from "@/core/log/contract.ts";
import type { DemoContext } from "./context.ts";
import { liveCalls } from "./live.ts";
import { ProgressBar } from "./progress.ts";
import { readConfig } from "@/core/config.ts";
import { simulatedProviders } from "./start_product.ts";

export async function goLive(context: DemoContext, simulatorUrl: string): Promise<void> {
  const { args, project, writer, say, screen, signal } = context;
  if (args.liveSeconds === 0 || signal.aborted) return;
  const key = makeKey("test", (bytes) => crypto.getRandomValues(new Uint8Array(bytes)));
  const owner: ProjectKey = { project: project.id, keyId: "demo", environment: "test" };
  const gateway = createGateway({
    config: simulatedConfig(simulatorUrl),
    keys: { verify: (presented) => presented === key ? owner : null },
    log: markedAsDemo(writer),
    warn: (message) => say(message),
  });
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => gateway.handle(request),
  );
  const endless = args.liveSeconds === Infinity;
  const bar = new ProgressBar(screen, "Live     ", endless ? 1 : args.liveSeconds);
  if (endless) say("Live calls until Ctrl-C.");
  try {
    const counts = await liveCalls({
      url: `http://127.0.0.1:${server.addr.port}`,
      key,
      seconds: args.liveSeconds,
      seed: args.seed,
      signal,
      project: project.id,
      record: ({ event, payloads }) => writer.append(event, payloads),
      onProgress: (second, calls) => bar.show(endless ? 0 : second, `${calls} calls`),
    });
    bar.done(
      `${counts.answered} calls answered, ${counts.refused} refused, ${counts.aborted} left by the client`,
    );
    if (counts.lost > 0) say(`${counts.lost} calls did not get the answer that they should have.`);
  } finally {
    await server.shutdown();
    await gateway.close();
  }
}

/** The defaults, with every provider at the simulator and keys that mean nothing. */
function simulatedConfig(simulatorUrl: string): GatewayConfig {
  const read = readConfig(simulatedProviders(simulatorUrl));
  if (!read.ok) throw new Error(read.detail);
  return read.config;
}

/** The log, with every call marked so that `--remove` finds it. */
function markedAsDemo(writer: LogWriter): LogWriter {
  return {
    pending: writer.pending,
    close: () => writer.close(),
    append(event, payloads) {
      if (!isCallEvent(event)) return writer.append(event, payloads);
      return writer.append({ ...event, data: { ...event.data, demo: true } }, payloads);
    },
  };
}
