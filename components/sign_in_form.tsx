/**
 * The sign-in form in its three shapes: a one-time link to confirm, a password to enter, or, without a
 * password, where the link is found.
 *
 * @module
 */
import { Icon } from "./icon.tsx";

interface SignInFormProps {
  readonly hasPassword: boolean;
  readonly next: string;
  /** The one-time link's token. */
  readonly token: string | null;
  /** What was wrong with the last attempt. */
  readonly problem: string | null;
}

export function SignInForm({ hasPassword, next, token, problem }: SignInFormProps) {
  return (
    <>
      {problem && (
        <p class="notice error" role="alert" id="problem">
          <Icon name="error" />
          {problem}
        </p>
      )}
      {token
        ? <LinkForm token={token} next={next} />
        : hasPassword
        ? <PasswordForm next={next} wrong={problem !== null} />
        : <WhereTheLinkIs />}
    </>
  );
}

function LinkForm({ token, next }: { token: string; next: string }) {
  return (
    <form method="post" action="/sign-in" class="fields">
      <p class="muted">This one-time link opens the dashboard on this device.</p>
      <input type="hidden" name="token" value={token} />
      <input type="hidden" name="next" value={next} />
      <button type="submit" class="button primary">Open the dashboard</button>
    </form>
  );
}

function PasswordForm({ next, wrong }: { next: string; wrong: boolean }) {
  return (
    <form method="post" action="/sign-in" class="fields">
      <label>
        Password
        <input
          type="password"
          name="password"
          autocomplete="current-password"
          required
          autofocus
          {...(wrong && { "aria-invalid": "true", "aria-describedby": "problem" })}
        />
      </label>
      <input type="hidden" name="next" value={next} />
      <button type="submit" class="button primary">Sign in</button>
      <p class="small muted">
        The password is the value of <code>WATCHLLM_ADMIN_PASSWORD</code>.
      </p>
    </form>
  );
}

function WhereTheLinkIs() {
  return (
    <div class="fields">
      <p>
        No password is set. WatchLLM prints a one-time sign-in link when it starts: open that one.
      </p>
      <p class="muted">
        To sign in with a password, start it with <code>WATCHLLM_ADMIN_PASSWORD</code> set.
      </p>
    </div>
  );
}
