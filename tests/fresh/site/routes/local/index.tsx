import { define } from "../../define.ts";
import Local from "./(_islands)/Local.tsx";

/** What must not end the script that carries it. */
const HOSTILE = "</script><!-- \u2028 ' \" \\ `${1}`";

export default define.page(function LocalPage() {
  return <Local text={HOSTILE} />;
});
