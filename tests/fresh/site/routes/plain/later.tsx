import { define } from "../../define.ts";

/** An async page runs before rendering, and may answer by itself. */
export default define.page(async function Later({ url }) {
  await Promise.resolve();
  if (url.searchParams.has("away")) return new Response("away", { status: 203 });
  return <p class="later">later</p>;
});
