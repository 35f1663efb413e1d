/**
 * The way in. A one-time link opens this page with a button and is used up only when the button is
 * pressed: mail scanners, chat previews and prefetching browsers open links too, and would spend it.
 *
 * Signing in rides on no session, so a post without `Sec-Fetch-Site` and `Origin` (a script's) is
 * taken; one that comes from another site is refused, so that nobody is signed in unawares.
 *
 * @module
 */
import { page } from "fresh";
import { Head } from "fresh/runtime";
import type { SignInResult } from "@/core/identity/types.ts";
import { sessionCookie } from "@/core/identity/cookie.ts";
import { isSameOrigin } from "@/core/identity/origin.ts";
import { errors } from "@/core/error.ts";
import { Logo } from "@/components/logo.tsx";
import { SignInForm } from "@/components/sign_in_form.tsx";
import { readForm } from "./(_http)/form.ts";
import { nextPath } from "./(_http)/next_path.ts";
import { define } from "./(_http)/state.ts";

const home = "/dashboard";

export const handler = define.handlers({
  GET(ctx) {
    const next = nextPath(ctx.url.searchParams.get("next"), home);
    if (ctx.state.session) return ctx.redirect(next, 303);
    return page(
      { next, token: ctx.url.searchParams.get("token"), problem: null },
      { headers: private_ },
    );
  },

  async POST(ctx) {
    if (saysOrigin(ctx.req) && !isSameOrigin(ctx.req)) {
      return refuse(403, home, errors.origin_refused[1]);
    }
    const form = await readForm(ctx.req);
    const next = nextPath(form.get("next"), home);
    const { signIn } = ctx.state.services;
    const address = clientAddress(ctx.info.remoteAddr);
    const token = form.get("token");
    const result = token
      ? await signIn.withLink(token, address)
      : await signIn.withPassword(form.get("password") ?? "", address);
    if (!result.ok) return refused(result, next, token !== undefined);
    const answer = ctx.redirect(next, 303);
    const secure = ctx.url.protocol === "https:";
    answer.headers.append("set-cookie", sessionCookie(result.token, secure));
    return answer;
  },
});

/**
 * A page with a token in its address is kept nowhere, and its address goes to nobody else. (Stricter,
 * `no-referrer`, would take `Origin` from the form's own post.)
 */
const private_ = { "cache-control": "no-store", "referrer-policy": "same-origin" };

function saysOrigin({ headers }: Request): boolean {
  return headers.has("sec-fetch-site") || headers.has("origin");
}

function refuse(status: number, next: string, problem: string, more: Record<string, string> = {}) {
  return page({ next, token: null, problem }, { status, headers: { ...private_, ...more } });
}

function refused(result: SignInResult & { ok: false }, next: string, byLink: boolean) {
  if (result.reason === "limited") {
    const wait = `Too many attempts. Try again in ${result.retryAfter} s.`;
    return refuse(429, next, wait, { "retry-after": String(result.retryAfter) });
  }
  return refuse(
    401,
    next,
    byLink
      ? "This link was used before or is older than 15 minutes. Start WatchLLM again for a new one."
      : "The password is wrong.",
  );
}

function clientAddress(remote: Deno.Addr): string {
  return "hostname" in remote ? remote.hostname : "local";
}

export default define.page<typeof handler>(({ data, state }) => (
  <>
    <Head>
      <title>Sign in · WatchLLM</title>
    </Head>
    <main class="alone">
      <Logo href="/" />
      <div class="card">
        <h1>Sign in</h1>
        <SignInForm {...data} hasPassword={state.services.signIn.hasPassword} />
      </div>
    </main>
  </>
));
