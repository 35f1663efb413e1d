import { define } from "../define.ts";
import Titled from "../islands/Titled.tsx";

export default define.page(function TitledPage() {
  return <Titled />;
});
