/**
 * The head of the public pages.
 *
 * @module
 */
import { ThemeSwitch } from "./theme_switch.tsx";
import { Logo } from "./logo.tsx";
import type { Theme } from "./theme.ts";

interface SiteHeaderProps {
  readonly url: URL;
  readonly theme: Theme;
  readonly signedIn: boolean;
}

export function SiteHeader({ url, theme, signedIn }: SiteHeaderProps) {
  return (
    <>
      <a class="skip" href="#content">Skip to content</a>
      <header class="site-head">
        <div class="site-width">
          <Logo href="/" />
          <nav aria-label="Site">
            <a href="/docs">Docs</a>
            {signedIn
              ? <a class="button" href="/dashboard">Dashboard</a>
              : <a class="button" href="/sign-in">Sign in</a>}
            <ThemeSwitch theme={theme} next={url.pathname + url.search} />
          </nav>
        </div>
      </header>
    </>
  );
}
