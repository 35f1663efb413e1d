import { define } from "../../define.ts";

export default define.page(function Optional({ params }) {
  return <p class="optional">{params.page || "none"}</p>;
});
