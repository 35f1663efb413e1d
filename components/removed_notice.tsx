/**
 * Says that retention has taken away a part of what a page is about, so that sums and lists differ.
 *
 * @module
 */
import { Icon } from "./icon.tsx";
import { otherPage } from "./page_url.ts";
import { dayText } from "./settings/retention/days.ts";

interface RemovedNoticeProps {
  /** Calls from before this instant are gone. */
  readonly before: string;
  readonly url: URL;
}

export function RemovedNotice({ before, url }: RemovedNoticeProps) {
  return (
    <p class="notice info num">
      <Icon name="info" />
      <span>
        Calls before <time datetime={before}>{dayText(before)}</time>{" "}
        were removed by retention. Sums by model, provider, status and cache have them still; lists,
        users, sessions and properties do not.{" "}
        <a href={otherPage("/dashboard/settings/retention", url)}>Retention</a>
      </span>
    </p>
  );
}
