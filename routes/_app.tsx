/**
 * The document around every page. Styles are files, so the page needs no inline style or script.
 *
 * @module
 */
import { asset } from "fresh/runtime";
import { define } from "./(_http)/state.ts";
import { requestTheme } from "./(_http)/theme_cookie.ts";

const styles = ["tokens", "base", "shell", "app", "calls", "settings", "site"];

export default define.page(({ Component, req }) => (
  <html lang="en" data-theme={requestTheme(req)}>
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>WatchLLM</title>
      <link rel="icon" type="image/svg+xml" href={asset("/favicon.svg")} />
      {styles.map((name) => <link key={name} rel="stylesheet" href={asset(`/css/${name}.css`)} />)}
    </head>
    <body>
      <Component />
    </body>
  </html>
));
