import { Head } from "fresh/runtime";
import { define } from "../define.ts";

export default define.page(function Index({ state }) {
  return (
    <>
      <Head>
        <title>Home</title>
        <meta name="description" content="The first page" />
        <meta name="robots" content="noindex" />
      </Head>
      <h1>Home</h1>
      <p class="trail">{state.trail.join(" ")}</p>
      <img src="/picture.svg" alt="" />
    </>
  );
});
