/**
 * The document around every page. Styles are files, so the page needs no inline style or script. A
 * browser that can waits for the end of the document before it shows anything: what it had shown of a
 * part would move with the rest.
 *
 * @module
 */
import { asset } from "fresh/runtime";
import { define } from "./(_http)/state.ts";
import { requestTheme } from "./(_http)/theme_cookie.ts";

const styles = ["tokens", "base", "shell", "app", "calls", "settings", "site"];

/** HTML's "render-blocking mechanism"; Preact's types do not know `blocking` yet. */
const wholeFirst = { rel: "expect", href: "#end", blocking: "render" };

export default define.page(({ Component, req }) => (
  <html lang="en" data-theme={requestTheme(req)}>
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>WatchLLM</title>
      <link rel="icon" type="image/svg+xml" href={asset("/favicon.svg")} />
      <link {...wholeFirst} />
      {styles.map((name) => <link key={name} rel="stylesheet" href={asset(`/css/${name}.css`)} />)}
    </head>
    <body>
      <Component />
      <div id="end" hidden />
    </body>
  </html>
));
