import { define } from "../define.ts";
import Clock from "../islands/Clock.tsx";

/** Gives an island what can't be sent. */
export default define.page(function Refused() {
  const props = { tags: () => new Set<string>() };
  // deno-lint-ignore no-explicit-any -- the wrong type is what is tested
  return <Clock {...props as any} at={new Date(0)} sizes={new Map()} home={new URL("a:b")} />;
});
