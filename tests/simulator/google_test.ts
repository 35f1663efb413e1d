import { expect } from "expect";
import { inputTokens } from "@/core/event/usage.ts";
import { createSimulator } from "@/tools/simulator/simulator.ts";
import { events, post } from "./ask.ts";

const contents = [{
  role: "user",
  parts: [{ text: "¿Qué tiempo hará en Sevilla la próxima semana?" }],
}];

for (const version of ["v1", "v1beta"]) {
  Deno.test(`generateContent on ${version}: usageMetadata is what is billed`, async () => {
    const simulator = createSimulator();
    const response = await post(
      simulator,
      `/${version}/models/gemini-2.5-pro:generateContent`,
      { contents },
    );
    const { usageMetadata, candidates } = await response.json();
    const bill = simulator.bills[0];
    if (!bill) throw new Error("No bill");
    expect(candidates[0].finishReason).toBe("STOP");
    expect(usageMetadata.promptTokenCount).toBe(inputTokens(bill.buckets));
    expect(usageMetadata.candidatesTokenCount).toBe(bill.buckets.output);
    expect(usageMetadata.thoughtsTokenCount).toBe(bill.buckets.reasoning);
    expect(bill.buckets.reasoning).toBeGreaterThan(0);
  });
}

Deno.test("streamGenerateContent: events and the array hold the same chunks, usage grows", async () => {
  const path = "/v1beta/models/gemini-2.5-flash:streamGenerateContent";
  const body = { contents, generationConfig: { thinkingConfig: { thinkingBudget: 40 } } };
  const asEvents = await events(await post(createSimulator(), `${path}?alt=sse`, body));
  const asArray = await (await post(createSimulator(), path, body)).json();
  expect(asEvents).toEqual(asArray);
  const counts = asEvents.map((event) =>
    (event.usageMetadata as { candidatesTokenCount: number }).candidatesTokenCount
  );
  expect(counts.length).toBeGreaterThan(1);
  expect(counts).toEqual(counts.toSorted((a, b) => a - b));
});

Deno.test("generateContent: a declared function is called", async () => {
  const response = await post(
    createSimulator(),
    "/v1beta/models/gemini-3-flash-preview:generateContent",
    {
      contents,
      tools: [{
        functionDeclarations: [{
          name: "tiempo",
          description: "Tiempo de una ciudad",
          parameters: { type: "OBJECT", properties: { city: { type: "STRING" } } },
        }],
      }],
    },
  );
  const { candidates } = await response.json();
  expect(candidates[0].content.parts[0].functionCall).toEqual({
    name: "tiempo",
    args: { city: "Sevilla" },
  });
});

Deno.test("embedContent answers with a vector of the asked size", async () => {
  const response = await post(
    createSimulator(),
    "/v1beta/models/gemini-embedding-001:embedContent",
    { content: { parts: [{ text: "head torch" }] }, outputDimensionality: 256 },
  );
  expect((await response.json()).embedding.values.length).toBe(256);
});
