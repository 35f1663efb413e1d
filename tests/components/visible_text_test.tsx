/** Text that others wrote, as the server writes it. */
import { expect } from "expect";
import { render } from "preact-render-to-string";
import { VisibleText } from "@/components/visible_text.tsx";

Deno.test("what has a meaning in HTML is escaped, and once", () => {
  expect(render(
    <p>
      <VisibleText text={'{"a":"<b>&"}'} />
    </p>,
  ))
    .toBe("<p><bdi>{&quot;a&quot;:&quot;&lt;b>&amp;&quot;}</bdi></p>");
});

Deno.test("hidden characters are shown between texts that are escaped once", () => {
  expect(render(
    <p>
      <VisibleText text={'"a"\u202e<b>'} />
    </p>,
  )).toContain(">U+202E</span>&lt;b>");
  expect(render(
    <p>
      <VisibleText text={'"a"\u202e<b>'} />
    </p>,
  )).toContain("&quot;a&quot;<span");
});
