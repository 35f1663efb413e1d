import { HttpError, page } from "fresh";
import { define } from "../../define.ts";

export const handler = define.handlers({
  GET(ctx) {
    const { slug } = ctx.params;
    if (slug === "missing") throw new HttpError(404);
    if (slug === "broken") throw new Error("broken on purpose");
    return page({ slug }, { headers: { "x-slug": encodeURIComponent(slug ?? "") } });
  },
  POST: () => new Response("posted", { status: 202 }),
});

export default define.page<typeof handler>(function Post({ data }) {
  return <h1>{data.slug}</h1>;
});
