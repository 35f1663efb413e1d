/** Fields of forms, as the server writes them. */
import { expect } from "expect";
import { render } from "preact-render-to-string";
import { Choice, Field } from "@/components/form/field.tsx";

Deno.test("a field that the server writes has its value", () => {
  expect(render(<Field name="ttl" label="Kept for" value="60" />)).toContain('value="60"');
  expect(render(<Field name="day" label="From" type="date" value="2026-11-01" />))
    .toContain('value="2026-11-01" type="date"');
  expect(render(<Field name="note" label="Note" rows={2} value="a" />)).toContain(">a</textarea>");
  expect(render(<Choice name="mode" label="Mode" value="b" options={[["a", "A"], ["b", "B"]]} />))
    .toMatch(/value="b" selected>/);
});

Deno.test("what is wrong with a field is read with it", () => {
  const html = render(<Field name="ttl" label="Kept for" problem="must be a number" />);
  const [, id] = /aria-describedby="([^"]+)"/.exec(html) ?? [];
  expect(html).toContain('aria-invalid="true"');
  expect(html).toContain(`id="${id}" class="small error-text">must be a number`);
});
