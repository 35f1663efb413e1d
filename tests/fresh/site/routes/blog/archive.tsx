import { define } from "../../define.ts";

export const config = { skipInheritedLayouts: true };

export default define.page(function Archive() {
  return <h1>Archive</h1>;
});
