/**
 * The parts of a line of Markdown as elements.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import type { MarkedToken, Token } from "marked";
import { docsLink } from "./link.ts";

export function Inline({ tokens }: { tokens: readonly Token[] }) {
  return <>{tokens.map((token, index) => <Part key={index} token={token} />)}</>;
}

function Part({ token }: { token: Token }) {
  // The lexer without extensions gives the library's own tokens.
  const part = token as MarkedToken;
  switch (part.type) {
    case "strong":
      return (
        <strong>
          <Inline tokens={part.tokens} />
        </strong>
      );
    case "em":
      return (
        <em>
          <Inline tokens={part.tokens} />
        </em>
      );
    case "del":
      return (
        <del>
          <Inline tokens={part.tokens} />
        </del>
      );
    case "codespan":
      return <code>{part.text}</code>;
    case "br":
      return <br />;
    case "link":
      return (
        <Link href={part.href}>
          <Inline tokens={part.tokens} />
        </Link>
      );
    case "image":
      return <>{part.text}</>;
    case "text":
      return <>{part.tokens ? <Inline tokens={part.tokens} /> : unescaped(part.text)}</>;
    case "escape":
    case "html":
      return <>{part.text}</>;
    default:
      return null;
  }
}

/** A link that leads somewhere here or on the web; otherwise its text alone. */
function Link({ href, children }: { href: string; children: ComponentChildren }) {
  const target = docsLink(href);
  return target ? <a href={target}>{children}</a> : <>{children}</>;
}

const entities: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&nbsp;": "\u00a0",
};

/** Markdown allows character references in text; the few that documents use. */
function unescaped(text: string): string {
  return text.replaceAll(/&(amp|lt|gt|quot|nbsp);/g, (name) => entities[name] ?? name);
}

/** A heading's anchor, as GitHub makes it, so that links work in both places. */
export function anchorOf(heading: string): string {
  return heading.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, "").trim().replaceAll(/\s/g, "-");
}
