import { expect } from "expect";
import { createKeyTrial } from "@/core/gateway/key_trial.ts";
import { json, runUpstream } from "@/tests/gateway/fixture.ts";
import { emptyStore, type Json, now, origin, type TestApi, testApi } from "./fixture.ts";

const secret = "sk-proj-0123456789abcdefWXYZ";

/** Sends as the dashboard does. */
async function as(api: TestApi, method: string, path: string, body?: unknown) {
  const answer = await api.send(path, {
    method,
    headers: { cookie: api.cookie, origin },
    ...(body !== undefined && { body }),
  });
  const text = await answer.text();
  // deno-lint-ignore no-explicit-any -- looked into freely
  return { status: answer.status, text, body: (text === "" ? null : JSON.parse(text)) as any };
}

const pathOf = (api: TestApi, rest = "") =>
  `/v1/projects/${api.own.project.id}/provider-keys${rest}`;

const openaiKey = { provider: "openai", credential: { kind: "api_key", key: secret } };

Deno.test("a provider key is kept, shown by its last four characters, changed and deleted", async () => {
  await using api = await testApi(emptyStore);
  const added = await as(api, "POST", pathOf(api), { ...openaiKey, name: "Main", priority: 2 });
  expect(added).toMatchObject({
    status: 201,
    body: {
      provider: "openai",
      name: "Main",
      kind: "api_key",
      last_four: "WXYZ",
      priority: 2,
      enabled: true,
      health: { state: "ok" },
      readable: true,
      last_used_at: null,
      created_at: new Date(now).toISOString(),
    },
  });
  const { key_id } = added.body;
  const changed = await as(api, "PATCH", pathOf(api, `/${key_id}`), {
    name: "Spare",
    enabled: false,
    credential: { kind: "api_key", key: `${secret}9999` },
  });
  expect(changed.body).toMatchObject({ key_id, name: "Spare", enabled: false, last_four: "9999" });
  const listed = await as(api, "GET", pathOf(api));
  expect(listed.body.provider_keys).toEqual([changed.body]);
  for (const { text } of [added, changed, listed]) expect(text).not.toContain("0123456789");
  expect((await as(api, "DELETE", pathOf(api, `/${key_id}`))).status).toBe(204);
  expect((await as(api, "DELETE", pathOf(api, `/${key_id}`))).body.error.code).toBe(
    "key_not_found",
  );
  expect((await as(api, "GET", pathOf(api))).body.provider_keys).toEqual([]);
});

Deno.test("the keys of a project are found below that project alone", async () => {
  await using api = await testApi(emptyStore);
  const { key_id } = (await as(api, "POST", pathOf(api), openaiKey)).body;
  const foreign = `/v1/projects/${api.foreign.project.id}/provider-keys/${key_id}`;
  for (
    const [method, path, body] of [
      ["PATCH", foreign, { name: "x" }],
      ["DELETE", foreign],
      ["POST", `${foreign}/test`],
    ] as const
  ) expect((await as(api, method, path, body)).body.error.code).toBe("key_not_found");
  const nowhere = await as(api, "GET", "/v1/projects/nowhere/provider-keys");
  expect(nowhere.body.error.code).toBe("project_not_found");
});

const refused: readonly (readonly [string, Json, string])[] = [
  ["an unknown provider", { ...openaiKey, provider: "nobody" }, "provider"],
  [
    "a key with a line end",
    { provider: "openai", credential: { kind: "api_key", key: "a\nb" } },
    "key",
  ],
  ["an empty key", { provider: "openai", credential: { kind: "api_key", key: "" } }, "key"],
  [
    "AWS keys for another provider",
    {
      provider: "openai",
      credential: { kind: "aws", access_key_id: "AKIA", secret_access_key: "s" },
    },
    "credential.kind",
  ],
  [
    "a region that could be a host",
    {
      provider: "bedrock",
      credential: {
        kind: "aws",
        access_key_id: "AKIA",
        secret_access_key: "s",
        region: "evil.example/",
      },
    },
    "region",
  ],
  [
    "a resource at a metadata address",
    {
      provider: "azure",
      credential: { kind: "azure", key: "k", endpoint: "http://169.254.169.254" },
    },
    "credential.endpoint",
  ],
  [
    "a file that is no service account",
    {
      provider: "vertex",
      credential: { kind: "service_account", json: { type: "authorized_user" } },
    },
    "credential.json",
  ],
  [
    "text that is no file",
    { provider: "vertex", credential: { kind: "service_account", json: "{" } },
    "credential.json",
  ],
  ["a field that nobody knows", { ...openaiKey, lable: "x" }, "lable"],
];

for (const [name, body, field] of refused) {
  Deno.test(`a new provider key is refused: ${name}`, async () => {
    await using api = await testApi(emptyStore);
    const answer = await as(api, "POST", pathOf(api), body);
    expect(answer.status).toBe(400);
    expect(answer.body.error.message).toContain(field);
    expect(answer.text).not.toContain(secret);
    expect((await as(api, "GET", pathOf(api))).body.provider_keys).toEqual([]);
  });
}

Deno.test("keys of clouds keep what belongs to them, and show what is no secret", async () => {
  await using api = await testApi(emptyStore);
  const azure = await as(api, "POST", pathOf(api), {
    provider: "azure-openai",
    credential: {
      kind: "azure",
      key: "0123456789abcdef0123456789abcdef",
      endpoint: "https://our.openai.azure.com/openai/v1/",
      deployments: { "prod-chat": "gpt-4o" },
    },
  });
  expect(azure.body).toMatchObject({
    provider: "azure",
    kind: "azure",
    last_four: "cdef",
    facts: {
      endpoint: "https://our.openai.azure.com",
      api_version: null,
      deployments: { "prod-chat": "gpt-4o" },
    },
  });
  const pem = "-----BEGIN PRIVATE KEY-----\nMIIcanary\n-----END PRIVATE KEY-----\n";
  const vertex = await as(api, "POST", pathOf(api), {
    provider: "vertex",
    credential: {
      kind: "service_account",
      json: JSON.stringify({
        type: "service_account",
        project_id: "our-project",
        private_key: pem,
        client_email: "caller@our-project.iam.gserviceaccount.com",
        token_uri: "http://169.254.169.254/token",
      }),
    },
  });
  expect(vertex.body).toMatchObject({
    last_four: "ller",
    facts: {
      project_id: "our-project",
      client_email: "caller@our-project.iam.gserviceaccount.com",
    },
  });
  expect(vertex.text).not.toContain("canary");
  const opened = await api.vault.open(api.own.project.id, vertex.body.key_id);
  expect(opened?.usable.credential).toEqual({
    kind: "service_account",
    private_key: pem,
    client_email: "caller@our-project.iam.gserviceaccount.com",
    project_id: "our-project",
  });
  const aws = await as(api, "POST", pathOf(api), {
    provider: "bedrock",
    credential: {
      kind: "aws",
      access_key_id: "AKIAIOSFODNN7EXAMPLE",
      secret_access_key: "wJalrXUtnFEMI/K7MDENG",
      region: "us-west-2",
    },
  });
  expect(aws.body).toMatchObject({ last_four: "MPLE", facts: { region: "us-west-2" } });
});

Deno.test("a trial asks the provider and says what came back, without the key", async () => {
  let status = 200;
  await using upstream = await runUpstream(({ headers }, response) =>
    json(
      response,
      status === 200 ? { data: [{ id: "a" }, { id: "b" }] } : {
        error: { message: `Incorrect API key provided: ${headers.authorization?.slice(7)}.` },
      },
      status,
    )
  );
  const keyTrial = createKeyTrial({
    upstreams: new Map([["openai", new URL(upstream.url)]]),
    rules: { allowPrivate: true },
    fetch,
    clock: Date.now,
    now: () => performance.now(),
  });
  try {
    await using api = await testApi(emptyStore, { keyTrial });
    const { key_id } = (await as(api, "POST", pathOf(api), openaiKey)).body;
    const right = await as(api, "POST", pathOf(api, `/${key_id}/test`));
    expect(right).toMatchObject({
      status: 200,
      body: { key_id, outcome: "accepted", status: 200, models: 2 },
    });
    expect(upstream.seen).toMatchObject([{
      method: "GET",
      path: "/v1/models",
      headers: { authorization: `Bearer ${secret}` },
    }]);
    status = 401;
    const wrong = await as(api, "POST", pathOf(api, `/${key_id}/test`));
    expect(wrong.body).toMatchObject({ outcome: "refused", status: 401 });
    expect(wrong.body.message).toContain("Incorrect API key provided: [key]");
    expect(wrong.text).not.toContain("0123456789");
    const [listed] = (await as(api, "GET", pathOf(api))).body.provider_keys;
    expect(listed.health).toMatchObject({ state: "refused", status: 401 });
    expect(listed.last_used_at).not.toBeNull();
    status = 200;
    await as(api, "POST", pathOf(api, `/${key_id}/test`));
    expect((await as(api, "GET", pathOf(api))).body.provider_keys[0].health.state).toBe("ok");
  } finally {
    await keyTrial.close();
  }
});

Deno.test("a trial of a provider that is away says so", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const keyTrial = createKeyTrial({
    upstreams: new Map([["openai", new URL(`http://127.0.0.1:${port}`)]]),
    rules: { allowPrivate: true },
    fetch,
    clock: Date.now,
    now: () => performance.now(),
  });
  try {
    await using api = await testApi(emptyStore, { keyTrial });
    const { key_id } = (await as(api, "POST", pathOf(api), openaiKey)).body;
    const answer = await as(api, "POST", pathOf(api, `/${key_id}/test`));
    expect(answer.body).toMatchObject({ outcome: "unreachable", status: null, models: null });
  } finally {
    await keyTrial.close();
  }
});
