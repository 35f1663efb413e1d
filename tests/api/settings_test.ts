import { expect } from "expect";
import { emptyStore, origin, type TestApi, testApi } from "./fixture.ts";

async function as(api: TestApi, method: string, section: string, body?: unknown) {
  const path = `/v1/projects/${api.own.project.id}/settings/${section}`;
  const answer = await api.send(path, {
    method,
    headers: { cookie: api.cookie, origin },
    ...(body !== undefined && { body }),
  });
  return { status: answer.status, body: await answer.json() };
}

const local = { name: "local", base_url: "http://127.0.0.1:11434/v1", auth: "none" };

Deno.test("a section has its defaults, is replaced as a whole, and counts its versions", async () => {
  await using api = await testApi(emptyStore);
  expect(await as(api, "GET", "providers")).toMatchObject({
    status: 200,
    body: {
      project_id: api.own.project.id,
      section: "providers",
      version: 0,
      changed_at: null,
      settings: { custom: [], model_names: {} },
    },
  });
  const put = await as(api, "PUT", "providers", { settings: { custom: [local] }, replaces: 0 });
  expect(put).toMatchObject({
    status: 200,
    body: { version: 1, settings: { custom: [{ ...local, format: "openai", headers: {} }] } },
  });
  expect((await as(api, "GET", "providers")).body).toEqual(put.body);
  const late = await as(api, "PUT", "providers", { settings: {}, replaces: 0 });
  expect(late).toMatchObject({ status: 409, body: { error: { code: "conflict" } } });
});

Deno.test("what is wrong with a section is told by its field", async () => {
  await using api = await testApi(emptyStore);
  const wrong: readonly (readonly [unknown, string])[] = [
    [{ custom: [{ ...local, name: "openai" }] }, "settings.custom.0.name"],
    [{ custom: [{ ...local, name: "GROK" }] }, "settings.custom.0.name"],
    [{ custom: [{ ...local, base_url: "ftp://x.example" }] }, "settings.custom.0.base_url"],
    [{ custom: [{ ...local, base_url: "http://169.254.169.254/" }] }, "settings.custom.0.base_url"],
    [{ custom: [{ ...local, base_url: "http://u:p@x.example" }] }, "settings.custom.0.base_url"],
    [{ custom: [{ ...local, headers: { Authorization: "x" } }] }, "settings.custom.0.headers"],
    [{ custom: [{ ...local, headers: { "x-a": "1\r\nx-b: 2" } }] }, "settings.custom.0.headers"],
    [{ custom: [local, local] }, "settings.custom"],
    [{ custom: "local" }, "settings.custom"],
    [{ model_names: { "no-provider": "x" } }, "settings.model_names"],
    [{ providers: [] }, "settings"],
  ];
  for (const [settings, field] of wrong) {
    const answer = await as(api, "PUT", "providers", { settings });
    expect([answer.status, answer.body.error.code]).toEqual([400, "bad_request"]);
    expect(answer.body.error.message).toContain(field);
  }
  expect((await as(api, "GET", "providers")).body.version).toBe(0);
  expect((await as(api, "GET", "nothing")).body.error.code).toBe("section_not_found");
});

Deno.test("a wrong name in a record is told by the rule that it breaks", async () => {
  await using api = await testApi(emptyStore);
  const custom = [{ ...local, headers: { Authorization: "x" } }];
  const { body } = await as(api, "PUT", "providers", { settings: { custom } });
  expect(body.error.details.fields).toEqual([{
    field: "settings.custom.0.headers.Authorization",
    expected: "must not be a header that carries credentials or that HTTP itself uses",
  }]);
});

Deno.test("a field that a section does not have is told by its own name", async () => {
  await using api = await testApi(emptyStore);
  const { body } = await as(api, "PUT", "providers", { settings: { costum: [] } });
  expect(body.error.details.fields).toEqual([{
    field: "settings.costum",
    expected: "is not known here: leave it out",
  }]);
});
