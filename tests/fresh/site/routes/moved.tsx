import { define } from "../define.ts";

export const config = { routeOverride: "/elsewhere/:name" };

export const handler = define.handlers({
  GET: (ctx) => ({ data: { name: ctx.params.name } }),
});

export default define.page<typeof handler>(function Moved({ data }) {
  return <p class="moved">{data.name}</p>;
});
