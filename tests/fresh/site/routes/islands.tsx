import { signal } from "@preact/signals";
import { define } from "../define.ts";
import Clock from "../islands/Clock.tsx";
import Counter from "../islands/Counter.tsx";
import { Panel } from "../islands/Panel.tsx";

export default define.page(function Islands() {
  const count = signal(3);
  return (
    <>
      <h1>Islands</h1>
      <Counter id="first" count={count} />
      <Counter id="second" count={count} />
      <Clock
        at={new Date(Date.UTC(2026, 0, 2, 3, 4, 5))}
        tags={new Set(["a", "b"])}
        sizes={new Map([["big", 12345678901234567890n]])}
        home={new URL("https://example.test/path")}
        nothing={undefined}
        ratio={NaN}
      />
      <Panel id="open-panel" open>
        <p class="inside">
          Shown <em>at once</em> with <input type="checkbox" checked /> and
        </p>
        <Counter id="inner" count={count} />
      </Panel>
      <Panel id="closed-panel" open={false}>
        <p class="inside">Shown later</p>
        <Counter id="hidden" count={count} />
      </Panel>
    </>
  );
});
