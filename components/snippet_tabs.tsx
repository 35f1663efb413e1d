/**
 * The client snippets behind tabs that need no script: the browser's radios choose, the style shows.
 *
 * @module
 */
import { useState } from "preact/hooks";
import { CodeBlock } from "./code_block.tsx";
import { type Snippet, snippets } from "./snippets.ts";

interface SnippetTabsProps {
  readonly origin: string;
  /** At most eight; one for each SDK by default. */
  readonly all?: readonly Snippet[];
}

export function SnippetTabs({ origin, all = snippets(origin) }: SnippetTabsProps) {
  // On a page that renders again the choice must not fall back to the first.
  const [chosen, setChosen] = useState(all[0]?.id);
  return (
    <div class="tabs">
      <fieldset>
        <legend class="sr">Client</legend>
        {all.map(({ id, label }) => (
          <label key={id}>
            <input
              type="radio"
              name="client"
              value={id}
              checked={id === chosen}
              onChange={() => setChosen(id)}
            />
            {label}
          </label>
        ))}
      </fieldset>
      {all.map(({ id, label, code }) => (
        <CodeBlock key={id} code={code} label={`${label} snippet`} mark={shownUrl(code, origin)} />
      ))}
    </div>
  );
}

/** The base URL as this client writes it, with `/v1` where its SDK wants it. */
function shownUrl(code: string, origin: string): string {
  return code.includes(`"${origin}/v1"`) ? `${origin}/v1` : origin;
}
