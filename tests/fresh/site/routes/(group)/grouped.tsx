import { define } from "../../define.ts";
import { Note } from "../(_components)/Note.tsx";

export default define.page(function Grouped() {
  return <Note text="grouped" />;
});
