/**
 * The documentation's list.
 *
 * @module
 */
import { page } from "fresh";
import { Head } from "fresh/runtime";
import { docParts } from "@/components/docs/contents.ts";
import { DocsFrame } from "@/components/docs/frame.tsx";
import { define } from "../(_http)/state.ts";

export const handler = define.handlers({
  async GET(ctx) {
    return page({ parts: await docParts(ctx.state.services.doc) });
  },
});

export default define.page<typeof handler>(({ data, state, url }) => (
  <>
    <Head>
      <title>Documentation · WatchLLM</title>
    </Head>
    <DocsFrame
      url={url}
      theme={state.theme}
      signedIn={state.session !== null}
      version={state.services.version}
      parts={data.parts}
    >
      <h1>Documentation</h1>
      {data.parts.map(({ title: part, entries }) => (
        <section key={part}>
          <h2>{part}</h2>
          <dl class="doc-list">
            {entries.map(({ slug, title, summary }) => (
              <div key={slug}>
                <dt>
                  <a href={`/docs/${slug}`}>{title}</a>
                </dt>
                <dd class="muted">{summary}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </DocsFrame>
  </>
));
