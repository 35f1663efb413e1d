import { define } from "../../define.ts";

export const config = { skipAppWrapper: true, skipInheritedLayouts: true };

export default define.page(function Bare() {
  return <p>bare</p>;
});
