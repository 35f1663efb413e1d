import { expect } from "expect";
import { EmbeddingFailed, httpEmbedder } from "@/core/cache/semantic/embed/http_embedder.ts";

function served(answer: (body: { input: string[]; model: string }, request: Request) => Response) {
  const requests: Request[] = [];
  const fetchLike: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    requests.push(request.clone());
    return answer(await request.json(), request);
  };
  return { requests, fetch: fetchLike };
}

const vectors = (input: readonly string[]) =>
  Response.json({
    data: input.map((text, index) => ({ index, embedding: [text.length, 0] })).reverse(),
  });

Deno.test("httpEmbedder() asks in batches and returns unit vectors in the order of the texts", async () => {
  const { fetch, requests } = served(({ input }) => vectors(input));
  const embedder = httpEmbedder({
    baseUrl: "http://127.0.0.1:1/v1/",
    model: "m",
    apiKey: "k",
    fetch,
    batch: 2,
  });
  const found = await embedder.embed(["a", "bb", "ccc"]);
  expect(found.map((vector) => [...vector])).toEqual([[1, 0], [1, 0], [1, 0]]);
  expect(requests.map((request) => request.url)).toEqual(
    new Array(2).fill("http://127.0.0.1:1/v1/embeddings"),
  );
  expect(requests[0]?.headers.get("authorization")).toBe("Bearer k");
});

Deno.test("httpEmbedder() names server and model in its identity, and never the key", () => {
  const of = (model: string, baseUrl = "http://127.0.0.1:1/v1") =>
    httpEmbedder({ baseUrl, model, apiKey: "secret", fetch }).identity;
  expect(of("a")).not.toBe(of("b"));
  expect(of("a")).not.toBe(of("a", "http://127.0.0.1:2/v1"));
  expect(of("a")).not.toContain("secret");
});

const failures: readonly (readonly [string, () => Response])[] = [
  ["an error", () => new Response("secret", { status: 500 })],
  ["no JSON", () => new Response("<html>")],
  ["too few vectors", () => vectors(["x"])],
  [
    "vectors of different lengths",
    () => Response.json({ data: [{ embedding: [1] }, { embedding: [1, 2] }] }),
  ],
];
for (const [what, answer] of failures) {
  Deno.test(`httpEmbedder() fails with one kind of error when the server answers ${what}`, async () => {
    const embedder = httpEmbedder({
      baseUrl: "http://127.0.0.1:1/v1",
      model: "m",
      fetch: served(answer).fetch,
    });
    const error = await embedder.embed(["one", "two"]).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(EmbeddingFailed);
    expect(String(error)).not.toContain("secret");
  });
}
