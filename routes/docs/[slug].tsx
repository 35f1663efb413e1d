/**
 * One document of `docs/`.
 *
 * @module
 */
import { HttpError, page } from "fresh";
import { Head } from "fresh/runtime";
import { docParts } from "@/components/docs/contents.ts";
import { DocsFrame } from "@/components/docs/frame.tsx";
import { Markdown, titleOf } from "@/components/docs/markdown.tsx";
import { define } from "../(_http)/state.ts";

export const handler = define.handlers({
  async GET(ctx) {
    const { doc } = ctx.state.services;
    const source = await doc(ctx.params["slug"] ?? "");
    if (source === null) throw new HttpError(404);
    return page({ source, parts: await docParts(doc) });
  },
});

export default define.page<typeof handler>(({ data, state, url }) => (
  <>
    <Head>
      <title>{`${titleOf(data.source) ?? "Documentation"} · WatchLLM`}</title>
    </Head>
    <DocsFrame
      url={url}
      theme={state.theme}
      signedIn={state.session !== null}
      version={state.services.version}
      parts={data.parts}
    >
      <Markdown source={data.source} />
    </DocsFrame>
  </>
));
