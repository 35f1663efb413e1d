import { ApiError, GoogleGenAI, Type } from "@google/genai";
import { expect } from "expect";
import { contract } from "@/tools/simulator/corpus/contracts.ts";
import { useClickHouse } from "../fixtures/clickhouse.ts";
import { expectRowsToAgree } from "./agree.ts";
import { install, type Installation, key } from "./installation.ts";

const clickhouse = useClickHouse();

function client({ url }: Installation): GoogleGenAI {
  return new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: url } });
}

const contents = "¿Qué tiempo hará en Sevilla la próxima semana?";

Deno.test("google: content, streamed and not, with thoughts and cache, is billed to the unit", async () => {
  await using db = await clickhouse.database();
  await using installed = await install(db);
  const google = client(installed);

  const whole = await google.models.generateContent({ model: "gemini-2.5-pro", contents });
  expect(whole.text?.length).toBeGreaterThan(20);
  expect(whole.usageMetadata?.thoughtsTokenCount).toBeGreaterThan(50);

  let text = "";
  const stream = await google.models.generateContentStream({
    model: "gemini-2.5-flash",
    contents,
  });
  for await (const chunk of stream) text += chunk.text ?? "";
  expect(text).toBe(whole.text);

  for (const question of ["When is the fee due?", "Which law applies?"]) {
    await google.models.generateContent({
      model: "gemini-2.5-flash",
      contents: question,
      config: { systemInstruction: contract },
    });
  }
  const rows = await installed.rows(4);
  expectRowsToAgree(rows, installed.simulator.bills);
  expect(Number(rows.at(-1)?.usage_cache_read)).toBeGreaterThanOrEqual(1_024);
});

Deno.test("google: a function call arrives and stands in the row", async () => {
  await using db = await clickhouse.database();
  await using installed = await install(db);
  const answer = await client(installed).models.generateContent({
    model: "gemini-2.5-flash",
    contents,
    config: {
      tools: [{
        functionDeclarations: [{
          name: "tiempo",
          description: "Tiempo de una ciudad",
          parameters: { type: Type.OBJECT, properties: { city: { type: Type.STRING } } },
        }],
      }],
    },
  });
  expect(answer.functionCalls).toEqual([{ name: "tiempo", args: { city: "Sevilla" } }]);
  const rows = await installed.rows(1);
  expectRowsToAgree(rows, installed.simulator.bills);
  expect(rows[0]?.tool_call_names).toEqual(["tiempo"]);
});

Deno.test("google: errors reach the client with their status", async () => {
  await using db = await clickhouse.database();
  await using installed = await install(db);
  const ask = async (google: GoogleGenAI, model: string) => {
    try {
      await google.models.generateContent({ model, contents });
      return 200;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return error.status;
    }
  };
  const google = client(installed);
  expect(await ask(google, "gemini-2.5-flash!status=400")).toBe(400);
  expect(await ask(google, "nonexistent")).toBe(404);
  const stranger = new GoogleGenAI({
    apiKey: "wl_test_nobody",
    httpOptions: { baseUrl: installed.url },
  });
  expect(await ask(stranger, "gemini-2.5-flash")).toBe(401);
  expect((await installed.rows(2)).map((row) => row.status_code)).toEqual([400, 404]);
});

Deno.test("google: embeddings come through; Google reports no usage, so no cost is claimed", async () => {
  await using db = await clickhouse.database();
  await using installed = await install(db);
  const { embeddings } = await client(installed).models.embedContent({
    model: "gemini-embedding-001",
    contents: "head torch",
  });
  expect(embeddings?.[0]?.values?.length).toBe(3_072);
  expect(await installed.rows(1)).toMatchObject([{ endpoint: "embeddings", cost_usd: null }]);
});
