import { define } from "../define.ts";

export default define.page(function App({ Component, url }) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>Site</title>
        <meta name="description" content="The site" />
        <link rel="icon" href="data:," />
      </head>
      <body data-path={url.pathname}>
        <nav>
          <a href="/">Home</a>
          <a href="/blog">Blog</a>
          <a href="https://elsewhere.test/">Elsewhere</a>
        </nav>
        <Component />
      </body>
    </html>
  );
});
