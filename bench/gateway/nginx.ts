/**
 * nginx as a plain proxy, where it is installed: what a gateway that does nothing costs.
 *
 * @module
 */
import { freePort } from "@/tools/free_port.ts";
import { answers } from "./answers.ts";
import { listening } from "./portkey.ts";
import { childrenOf, stopChild } from "./process.ts";
import type { Target } from "./target.ts";

/** Null when there is no nginx. */
export function startNginx(upstreamPort: number): Promise<Target | null> {
  return start(
    "nginx proxy_pass",
    `upstream mock { server 127.0.0.1:${upstreamPort}; keepalive 256; keepalive_requests 100000000; }`,
    `location / {
      proxy_pass http://mock;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
    }`,
  );
}

/** nginx giving the benchmark's JSON answer itself: what giving those bytes costs at least. */
export function startReturningNginx(): Promise<Target | null> {
  return start(
    "nginx, same bytes",
    "",
    `location / { default_type application/json; return 200 '${answers["json-0"].body}'; }`,
  );
}

async function start(name: string, upstream: string, location: string): Promise<Target | null> {
  const directory = await Deno.makeTempDir({ prefix: "nginx-" });
  const port = freePort("127.0.0.1", 0);
  await Deno.writeTextFile(
    `${directory}/nginx.conf`,
    configuration(directory, port, upstream, location),
  );
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command("nginx", {
      args: ["-c", `${directory}/nginx.conf`, "-p", directory, "-g", "daemon off;"],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
  } catch (error) {
    await Deno.remove(directory, { recursive: true });
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
  await listening(port);
  return {
    name,
    port,
    path: "/v1/chat/completions",
    headers: { authorization: "Bearer sk-bench" },
    pid: childrenOf(child.pid)[0]?.pid ?? child.pid,
    async stop() {
      await stopChild(child);
      await Deno.remove(directory, { recursive: true });
    },
  };
}

function configuration(
  directory: string,
  port: number,
  upstream: string,
  location: string,
): string {
  return `worker_processes 1;
pid ${directory}/nginx.pid;
error_log ${directory}/error.log;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path ${directory}/body;
  proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi;
  scgi_temp_path ${directory}/scgi;
  keepalive_requests 100000000;
  ${upstream}
  server {
    listen 127.0.0.1:${port};
    ${location}
  }
}
`;
}
