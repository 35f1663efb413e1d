/**
 * Calls whose every word wants to do harm: scripts, markup, links that run, terminal sequences, hidden
 * and direction characters, formulas, lines without end. Generated from parts, so that each attack
 * stands in each place where a page shows what a caller wrote.
 */
import type { SampleCall } from "@/tests/pages/sample_calls.ts";

/** Sets `hostile` on the page when it is run. */
const run = "globalThis.hostile=true";

/** Texts that must stay text. */
const attacks: readonly string[] = [
  `<script>${run}</script>`,
  `</script><script>${run}</script>`,
  `</ScRiPt ><svg/onload=${run}>`,
  `<img src=x onerror="${run}">`,
  `"><img src=x onerror=${run}>`,
  `'><body onload=${run}>`,
  `<iframe srcdoc="<script>parent.hostile=true</script>"></iframe>`,
  `<a href="javascript:${run}" autofocus onfocus="${run}">x</a>`,
  `javascript:${run}//`,
  `data:text/html,<script>${run}</script>`,
  `<style>*{display:none!important}</style>`,
  `<meta http-equiv="refresh" content="0;url=https://evil.example/">`,
  `<base href="https://evil.example/">`,
  `<form action="https://evil.example/"><button>x</button></form>`,
  `<details open ontoggle="${run}">`,
  `<!--frsh:island:Requests:0:--><script>${run}</script><!--/frsh:island-->`,
  `<!-- ]]> --> <![CDATA[<script>${run}</script>`,
  `{{constructor.constructor("${run}")()}}`,
  "${globalThis.hostile=true}",
  `\\u003cscript\\u003e${run}\\u003c/script\\u003e`,
  `\u2028${run}\u2029`,
  `__proto__`,
  `constructor`,
  `=HYPERLINK("https://evil.example/","x")`,
  `@SUM(1+1)*cmd|' /C calc'!A0`,
  `+1+cmd|' /C calc'!A0`,
  `-2+3+cmd|' /C calc'!A0`,
  `\t=1+1`,
  `\uff1dcmd`,
  `\u202Egnirts desrever\u202C <b>`,
  `\u2066\u2067\u2068 isolates without end`,
  `zero\u200Bwidth\u200C\u200D\uFEFFcharacters`,
  `\u001b[31mred\u001b[0m\u001b]8;;https://evil.example/\u0007link\u001b]8;;\u0007`,
  `\u0000\u0001\u0002\u0008\u007f\u0085`,
  `a\u0300${"\u0301".repeat(300)}`,
  `\ud800 alone \udc00`,
  `\u{e0041}\u{e0042} tags`,
  `![x](https://evil.example/x.png) [y](javascript:${run})`,
  "```html\n<script>" + run + "</script>\n```",
  "x".repeat(4_000),
  "مرحبا ".repeat(200),
  "W".repeat(400) + "\u200B".repeat(400),
];

/** A line of a megabyte, without a place to break. */
export const megabyte = "A<b>&\u202E".repeat(174_763);

type Place = (attack: string) => Partial<SampleCall>;

const chat = (messages: unknown[], more: Record<string, unknown> = {}) =>
  JSON.stringify({ model: "gpt-4o", messages, ...more });
const says = (message: Record<string, unknown>) =>
  JSON.stringify({ choices: [{ index: 0, message: { role: "assistant", ...message } }] });
const tool = (name: string, args: string) => [{
  id: name,
  type: "function",
  function: { name, arguments: args },
}];

/** Where what a caller wrote is shown. */
const places: Readonly<Record<string, Place>> = {
  prompt: (attack) => ({
    preview: attack.slice(0, 200),
    request: chat([{ role: "user", content: attack }]),
  }),
  answer: (attack) => ({ response: says({ content: attack, reasoning_content: attack }) }),
  tools: (attack) => ({
    request: chat(
      [
        { role: attack, name: attack, content: "x" },
        { role: "assistant", tool_calls: tool(attack, attack) },
        { role: "tool", tool_call_id: attack, content: attack },
      ],
      { tools: [{ type: "function", function: { name: attack } }] },
    ),
  }),
  picture: (attack) => ({
    request: chat([{
      role: "user",
      content: [
        { type: "image_url", image_url: { url: attack } },
        { type: "image_url", image_url: { url: `data:image/svg+xml;base64,${btoa("<svg/>")}` } },
        { type: "image_url", image_url: { url: `https://evil.example/${attack}` } },
        { type: attack, value: attack },
      ],
    }]),
  }),
  names: (attack) => ({
    model: attack,
    user_id: attack,
    session_id: attack,
    properties: { [attack.slice(0, 100)]: attack, team: attack },
  }),
  anthropic: (attack) => ({
    path: "/v1/messages",
    request: JSON.stringify({
      system: attack,
      messages: [{
        role: "user",
        content: [
          { type: "text", text: attack },
          { type: "tool_result", tool_use_id: attack, content: attack, is_error: true },
          { type: "image", source: { type: "base64", media_type: attack, data: attack } },
        ],
      }],
    }),
    responseType: "text/event-stream",
    response: [
      { type: "message_start", message: { id: attack, model: attack, role: "assistant" } },
      { type: "content_block_start", index: 0, content_block: { type: "thinking", thinking: "" } },
      {
        type: "content_block_delta",
        index: 0,
        delta: { type: "thinking_delta", thinking: attack },
      },
      { type: "content_block_start", index: 1, content_block: { type: "text", text: "" } },
      { type: "content_block_delta", index: 1, delta: { type: "text_delta", text: attack } },
      { type: "message_stop" },
    ].map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(""),
  }),
  gemini: (attack) => ({
    path: "/v1beta/models/gemini-2.5-pro:generateContent",
    request: JSON.stringify({
      systemInstruction: { parts: [{ text: attack }] },
      contents: [{
        role: "user",
        parts: [
          { text: attack },
          { inlineData: { mimeType: attack, data: attack } },
          { functionResponse: { name: attack, response: { said: attack } } },
        ],
      }],
    }),
    response: JSON.stringify({
      candidates: [{
        content: {
          parts: [{ text: attack, thought: true }, { text: attack }, {
            functionCall: { name: attack, args: { [attack]: attack } },
          }],
        },
        finishReason: "STOP",
      }],
    }),
  }),
  failure: (attack) => ({
    status: "error",
    status_code: 500,
    error: { code: attack, message: attack, origin: attack },
    response: attack,
    responseType: "text/html",
    request: attack,
  }),
};

/** One call for each attack in each place, and lines of a megabyte. */
export function hostileCalls(now: number): SampleCall[] {
  const calls = Object.entries(places).flatMap(([place, of], row) =>
    attacks.map((attack, column): SampleCall => ({
      id: `hostile-${place}-${column}`,
      at: now - (row * attacks.length + column) * 1_000,
      ...of(attack),
    }))
  );
  const long = ["prompt", "answer", "failure"].map((place, index): SampleCall => ({
    id: `hostile-${place}-megabyte`,
    at: now - (calls.length + index) * 1_000,
    ...places[place]?.(megabyte),
  }));
  return [...calls, ...long];
}
