/**
 * How to begin: two commands, then one line in the application.
 *
 * @module
 */
import { CodeBlock } from "../code_block.tsx";
import { SnippetTabs } from "../snippet_tabs.tsx";

const commands = `# the gateway, the log, ClickHouse and this dashboard
npx -y deno@2.9.6 task start

# optional: realistic traffic, offline, to look around
npx -y deno@2.9.6 task demo`;

export function Start({ origin }: { origin: string }) {
  return (
    <section class="site-width section" id="start" aria-labelledby="start-title">
      <h2 id="start-title">Two commands, then one line</h2>
      <div class="pair">
        <div>
          <h3>Run it</h3>
          <p class="muted">
            Needs Node, and nothing else to install: no containers, no database server. The first
            start fetches ClickHouse as a library.
          </p>
          <CodeBlock code={commands} label="the commands" />
        </div>
        <div>
          <h3>Point your client at it</h3>
          <p class="muted">
            The official SDKs work as they are, streaming and not. The marked address is the only
            change.
          </p>
          <SnippetTabs origin={origin} />
        </div>
      </div>
    </section>
  );
}
