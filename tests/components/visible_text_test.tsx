/** Text that others wrote, as the server writes it. */
import { expect } from "expect";
import { render } from "preact-render-to-string";
import { VisibleText } from "@/components/visible_text.tsx";

const json = '{"a":"<b>&"}';
const turned = '"a"\u202e<b>';

Deno.test("what has a meaning in HTML is escaped, and once", () => {
  expect(render(
    <p>
      <VisibleText text={json} />
    </p>,
  ))
    .toBe("<p><bdi>{&quot;a&quot;:&quot;&lt;b>&amp;&quot;}</bdi></p>");
});

Deno.test("hidden characters are shown between texts that are escaped once", () => {
  expect(render(
    <p>
      <VisibleText text={turned} />
    </p>,
  )).toContain(">U+202E</span>&lt;b>");
  expect(render(
    <p>
      <VisibleText text={turned} />
    </p>,
  )).toContain("&quot;a&quot;<span");
});
