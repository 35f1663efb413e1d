import { GoogleGenAI } from "@google/genai";
import { expect } from "expect";
import { json, projectKey, runGateway, runUpstream } from "./fixture.ts";

const headers = { authorization: `Bearer ${projectKey}` };

/** Where a redirect of the provider leads a client of the gateway. */
async function redirectedTo(location: (upstream: string) => string, base = "") {
  await using upstream = await runUpstream((_, response) => {
    response.writeHead(307, { location: location(upstream.url) }).end();
  });
  await using running = runGateway({ upstreams: { groq: upstream.url + base } });
  const response = await fetch(`${running.url}/proxy/groq/v1/models/a`, {
    headers,
    redirect: "manual",
  });
  await response.text();
  expect(response.status).toBe(307);
  return response.headers.get("location");
}

Deno.test("a redirect inside the provider stays at the gateway", async () => {
  expect(await redirectedTo((url) => `${url}/v1/b/?x=%2F#y`)).toBe("/proxy/groq/v1/b/?x=%2F#y");
  expect(await redirectedTo(() => "/v1/b")).toBe("/proxy/groq/v1/b");
  expect(await redirectedTo(() => "b?c")).toBe("/proxy/groq/v1/models/b?c");
});

Deno.test("a redirect of a provider below a path of its own is found again", async () => {
  const moved = await redirectedTo((url) => `${url}/base/v1/b`, "/base");
  expect(moved).toBe("/proxy/groq/base/v1/b");
  await using upstream = await runUpstream((_, response) => json(response, {}));
  await using running = runGateway({ upstreams: { groq: `${upstream.url}/base` } });
  await (await fetch(running.url + moved, { headers })).text();
  expect(upstream.seen[0]?.path).toBe("/base/v1/b");
});

Deno.test("a redirect to another host stays as it is", async () => {
  for (const other of ["https://files.example.com/f?sig=1", "ftp://x/y", "http://[", "//other/x"]) {
    expect(await redirectedTo(() => other)).toBe(other);
  }
});

Deno.test({
  name: "Google's SDK uploads a file through the gateway, in both of its steps",
  // The SDK does not read the first answer's body.
  sanitizeResources: false,
  fn: uploadsThrough,
});

async function uploadsThrough(): Promise<void> {
  const file = { name: "files/f1", uri: "https://x/files/f1", mimeType: "text/plain" };
  await using upstream = await runUpstream(({ headers }, response) => {
    if (headers["x-goog-upload-command"] !== "start") {
      response.setHeader("x-goog-upload-status", "final");
      return json(response, { file });
    }
    response.writeHead(200, {
      "x-goog-upload-url": `${upstream.url}/upload/v1/files?upload_id=u1`,
      "content-length": 0,
    }).end();
  });
  await using running = runGateway({
    upstreams: { google: upstream.url },
    providerKeys: { google: "AIza-provider" },
  });
  const client = new GoogleGenAI({ apiKey: projectKey, httpOptions: { baseUrl: running.url } });
  const uploaded = await client.files.upload({
    file: new Blob(["Hello"], { type: "text/plain" }),
    config: { mimeType: "text/plain" },
  });
  expect(uploaded?.name).toBe("files/f1");
  const [start, last] = upstream.seen;
  expect(start?.path).toBe("/upload/v1/files");
  expect(last?.path).toBe("/upload/v1/files?upload_id=u1");
  expect(new TextDecoder().decode(last?.body)).toBe("Hello");
  for (const seen of upstream.seen) {
    expect(seen.headers["x-goog-api-key"]).toBe("AIza-provider");
    expect(JSON.stringify(seen.rawHeaders)).not.toContain(projectKey);
  }
  expect(running.log.records).toHaveLength(2);
}
