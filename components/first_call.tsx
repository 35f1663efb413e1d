/**
 * What an empty dashboard says: nothing has come yet, and how to send the first call. The snippet has
 * this installation's address in it.
 *
 * @module
 */
import { Icon } from "./icon.tsx";
import { SnippetTabs } from "./snippet_tabs.tsx";

interface FirstCallProps {
  /** Where this installation answers. */
  readonly origin: string;
  /** Whether any provider has a key here. */
  readonly hasProviderKey: boolean;
}

export function FirstCall({ origin, hasProviderKey }: FirstCallProps) {
  return (
    <section class="card first-call" aria-labelledby="first-call-title">
      <div>
        <h2 id="first-call-title">
          <Icon name="wait" />
          Waiting for your first call
        </h2>
        <p class="muted">
          Point a client at this address and send a call. This page shows it by itself, within two
          seconds of its end.
        </p>
        <ol class="steps">
          {!hasProviderKey && (
            <li>
              Start WatchLLM with your provider's key, such as{" "}
              <code>OPENAI_API_KEY</code>. Or keep sending that key with each call, and the project
              key as <code>X-WatchLLM-Key</code>.
            </li>
          )}
          <li>
            Put your project key in the place of <code>wl_live_...</code>{" "}
            It was printed once, when WatchLLM started for the first time.
          </li>
          <li>Change the client's base URL to the one marked here.</li>
          <li>
            Nothing to send yet? <code>npx -y deno@2.9.6 task demo</code>{" "}
            fills this installation with realistic traffic, offline.
          </li>
        </ol>
      </div>
      <SnippetTabs origin={origin} />
    </section>
  );
}
