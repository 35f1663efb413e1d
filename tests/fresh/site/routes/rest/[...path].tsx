import { define } from "../../define.ts";

export default define.page(function Rest({ params }) {
  return <p class="rest">{params.path}</p>;
});
