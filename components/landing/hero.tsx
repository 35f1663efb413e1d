/**
 * What it is, in two sentences, beside what it makes of one call.
 *
 * @module
 */
import { Icon } from "../icon.tsx";
import { Receipt } from "./receipt.tsx";

export function Hero({ signedIn }: { signedIn: boolean }) {
  return (
    <section class="hero site-width">
      <div>
        <h1>Know what every LLM call costs. Lose none of them.</h1>
        <p class="lead">
          WatchLLM stands between your application and its LLM providers. Change one base URL: each
          call passes through unchanged, is priced to the last digit, and is on disk before its
          answer ends.
        </p>
        <p class="actions">
          {signedIn
            ? (
              <a class="button primary" href="/dashboard">
                Open the dashboard
                <Icon name="arrow" />
              </a>
            )
            : (
              <a class="button primary" href="/sign-in">
                Sign in
                <Icon name="arrow" />
              </a>
            )}
          <a class="button" href="#start">Connect a client</a>
        </p>
      </div>
      <Receipt />
    </section>
  );
}
