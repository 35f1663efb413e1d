/**
 * A Markdown document as elements. Its HTML is shown as the text that it is: nothing of a document
 * reaches the page unescaped.
 *
 * @module
 */
import { marked, type MarkedToken, type Token, type Tokens } from "marked";
import { CodeBlock } from "../code_block.tsx";
import { anchorOf, Inline } from "./inline.tsx";

/** The document's blocks, without its first heading when that is its title. */
export function Markdown({ source }: { source: string }) {
  return (
    <>
      {marked.lexer(source).map((token, index) => <Block key={index} token={token} />)}
    </>
  );
}

/** The document's title: the text of its first heading. */
export function titleOf(source: string): string | null {
  return firstOf(source, "heading");
}

/** The document's first paragraph, as a summary. */
export function summaryOf(source: string): string | null {
  return firstOf(source, "paragraph");
}

function firstOf(source: string, type: "heading" | "paragraph"): string | null {
  const token = marked.lexer(source).find((each) => each.type === type);
  return token ? plain(token) : null;
}

/** A token's text without its marks. */
function plain(token: Token): string {
  if ("tokens" in token && token.tokens) return token.tokens.map(plain).join("");
  return "text" in token ? String(token.text) : "";
}

function Block({ token }: { token: Token }) {
  // The lexer without extensions gives the library's own tokens.
  const block = token as MarkedToken;
  switch (block.type) {
    case "heading":
      return <Heading token={block} />;
    case "paragraph":
      return (
        <p>
          <Inline tokens={block.tokens} />
        </p>
      );
    case "text":
      return <Inline tokens={block.tokens ?? [block]} />;
    case "code":
      return <CodeBlock code={block.text} label="the code" />;
    case "blockquote":
      return (
        <blockquote>
          <Blocks tokens={block.tokens} />
        </blockquote>
      );
    case "list":
      return <List token={block} />;
    case "table":
      return <Table token={block} />;
    case "hr":
      return <hr />;
    case "html":
      return <p>{block.text}</p>;
    default:
      return null;
  }
}

function Blocks({ tokens }: { tokens: readonly Token[] }) {
  return <>{tokens.map((token, index) => <Block key={index} token={token} />)}</>;
}

function Heading({ token }: { token: Tokens.Heading }) {
  const id = anchorOf(plain(token));
  const text = <Inline tokens={token.tokens} />;
  if (token.depth === 1) return <h1 id={id}>{text}</h1>;
  if (token.depth === 2) return <h2 id={id}>{text}</h2>;
  return <h3 id={id}>{text}</h3>;
}

function List({ token }: { token: Tokens.List }) {
  const items = token.items.map((item, index) => (
    <li key={index}>
      <Blocks tokens={item.tokens} />
    </li>
  ));
  return token.ordered ? <ol start={Number(token.start) || 1}>{items}</ol> : <ul>{items}</ul>;
}

function Table({ token }: { token: Tokens.Table }) {
  return (
    <div class="scroll" role="region" aria-label="Table" tabindex={0}>
      <table>
        <thead>
          <tr>
            {token.header.map((cell, index) => (
              <th key={index} scope="col" class={sideOf(cell)}>
                <Inline tokens={cell.tokens} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {token.rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, column) => (
                <td key={column} class={sideOf(cell)}>
                  <Inline tokens={cell.tokens} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function sideOf({ align }: Tokens.TableCell): string | undefined {
  return align === "right" ? "right" : undefined;
}
