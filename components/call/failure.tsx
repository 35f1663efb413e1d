/**
 * Why a call failed: who ended it, and the words that it was ended with.
 *
 * @module
 */
import type { EventRow } from "@/core/analytics/types.ts";
import { Icon } from "../icon.tsx";
import { named } from "../named.ts";
import { VisibleText } from "../visible_text.tsx";
import { LongText } from "./long_text.tsx";

const origins: Readonly<Record<string, string>> = {
  gateway: "WatchLLM refused it",
  provider: "The provider refused it",
  client: "The client left",
  network: "The connection broke",
};

/** Characters: some providers answer with a page of HTML. */
const atOnce = 600;

/** Nothing when it did not fail. */
export function CallFailure({ error }: Pick<EventRow, "error">) {
  if (!error) return null;
  return (
    <div class="notice error call-failure">
      <Icon name="error" />
      <div>
        <strong>{named(origins, error.origin) ?? "It failed"}</strong>{" "}
        <code>
          <VisibleText text={error.code} />
        </code>{" "}
        <LongText text={error.message} cut={0} atOnce={atOnce} />
      </div>
    </div>
  );
}
