/** Two calls side by side, as the playground shows them. */
import { expect } from "expect";
import { render } from "preact-render-to-string";
import { Compared } from "@/components/playground/compared.tsx";
import type { RecordedCall } from "@/components/playground/recorded.ts";

const call = (text: string, status: "success" | "error" = "success"): RecordedCall => ({
  event: {
    model: "gpt-4o",
    status,
    status_code: status === "success" ? 200 : 429,
    cost_usd: "0.002",
    price_source: "genai-prices",
    tokens_input: 10,
    tokens_output: 5,
    tokens_cache_read: 0,
    tokens_reasoning: 0,
    latency_ms: 100,
    ttft_ms: 40,
    cache: "MISS",
  },
  text,
});
const shown = (now: RecordedCall | null, running = false) =>
  render(
    <Compared
      original={call("It is late today.")}
      now={now}
      pending="Being recorded"
      text="It was"
      running={running}
    />,
  );

Deno.test("words that only one answer has are marked, once it is whole", () => {
  const html = shown(call("It was late today."));
  expect(html).toMatch(/<del ?><bdi>is<\/bdi><\/del>/);
  expect(html).toMatch(/<ins ?><bdi>was<\/bdi><\/ins>/);
  expect(shown(null, true)).not.toMatch(/<ins/);
  expect(shown(call("It is late today."))).toContain("Word for word the same.");
  expect(shown(call("Nothing of that."))).toContain("little in common");
});

Deno.test("a call that failed is not said to be faster or cheaper", () => {
  expect(shown(call("It was late today."))).toContain("no change");
  expect(shown(call("", "error"))).not.toContain("no change");
});

Deno.test("until it is recorded, that stands in the figures' place", () => {
  expect(shown(null)).toContain("Being recorded");
});
