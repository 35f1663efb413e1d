import { IS_BROWSER } from "fresh/runtime";

/** Shows that values keep their types on the way to the browser. */
export default function Clock(props: {
  at: Date;
  tags: Set<string>;
  sizes: Map<string, bigint>;
  home: URL;
  nothing: undefined;
  ratio: number;
}) {
  return (
    <dl id="clock" data-browser={String(IS_BROWSER)}>
      <dd class="at">{props.at.toISOString()}</dd>
      <dd class="tags">{[...props.tags].join(",")}</dd>
      <dd class="sizes">{String(props.sizes.get("big"))}</dd>
      <dd class="home">{props.home.hostname}</dd>
      <dd class="nothing">{String(props.nothing)}</dd>
      <dd class="ratio">{String(props.ratio)}</dd>
    </dl>
  );
}
