/**
 * The frame of the documentation: its list at the side, one document beside it.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { SiteFooter } from "../site_footer.tsx";
import { SiteHeader } from "../site_header.tsx";
import type { Theme } from "../theme.ts";
import type { DocPart } from "./contents.ts";

interface DocsFrameProps {
  readonly url: URL;
  readonly theme: Theme;
  readonly signedIn: boolean;
  readonly version: string;
  readonly parts: readonly DocPart[];
  readonly children: ComponentChildren;
}

export function DocsFrame({ url, theme, signedIn, version, parts, children }: DocsFrameProps) {
  return (
    <div class="site">
      <SiteHeader url={url} theme={theme} signedIn={signedIn} />
      <div class="site-width docs">
        <nav aria-label="Documentation">
          {parts.map(({ title: part, entries }) => (
            <section key={part} aria-label={part}>
              <p class="part-title" aria-hidden="true">{part}</p>
              <ul role="list">
                {entries.map(({ slug, title }) => (
                  <li key={slug}>
                    <a
                      href={`/docs/${slug}`}
                      {...(url.pathname === `/docs/${slug}` && { "aria-current": "page" })}
                    >
                      {title}
                    </a>
                  </li>
                ))}
              </ul>
            </section>
          ))}
        </nav>
        <main id="content" class="prose">{children}</main>
      </div>
      <SiteFooter version={version} />
    </div>
  );
}
