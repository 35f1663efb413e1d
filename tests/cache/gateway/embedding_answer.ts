/**
 * What an embedding server would answer: vectors in which texts that share words lie close.
 *
 * @module
 */

export function embeddingAnswer(body: Uint8Array) {
  const { input, dimensions = 16 } = JSON.parse(new TextDecoder().decode(body));
  return {
    object: "list",
    model: "m",
    data: input.map((text: string, index: number) => ({
      index,
      embedding: vector(text, dimensions),
    })),
  };
}

function vector(text: string, dimensions: number): number[] {
  const counts = Array.from({ length: dimensions }, () => 0);
  for (const word of text.toLowerCase().split(/\W+/)) {
    let hash = 7;
    for (const sign of word) hash = (hash * 31 + (sign.codePointAt(0) ?? 0)) % 1_000_003;
    counts[hash % dimensions] = (counts[hash % dimensions] ?? 0) + 1;
  }
  return counts;
}
