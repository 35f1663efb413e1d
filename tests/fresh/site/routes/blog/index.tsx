import { define } from "../../define.ts";

export default define.page(function Blog({ state }) {
  return <p class="trail">{state.trail.join(" ")}</p>;
});
