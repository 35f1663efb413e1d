/**
 * A page of the dashboard: the frame with the islands that every page has.
 *
 * @module
 */
import { Head } from "fresh/runtime";
import type { ComponentChildren } from "preact";
import { otherPage } from "@/components/page_url.ts";
import { RemovedNotice } from "@/components/removed_notice.tsx";
import { Shell } from "@/components/shell.tsx";
import { commandsOf } from "@/components/shell/commands.ts";
import type { Frame } from "@/components/shell/frame.ts";
import type { Control } from "@/components/shell/top_bar.tsx";
import { AwayNotice } from "@/islands/away_notice.tsx";
import { Keys } from "@/islands/keys.tsx";
import { RangeMenu } from "@/islands/range_menu.tsx";

interface DashboardPageProps {
  readonly frame: Frame;
  /** Of the document, and of the page unless it has a heading of its own. */
  readonly title: string;
  readonly heading?: ComponentChildren;
  /** What of range, comparison and live the page obeys; all by default. */
  readonly controls?: readonly Control[];
  readonly children: ComponentChildren;
}

export function DashboardPage(props: DashboardPageProps) {
  const { frame, title, heading, controls, children } = props;
  return (
    <>
      <Head>
        <title>{`${title} · WatchLLM`}</title>
      </Head>
      <Shell
        frame={frame}
        title={heading ?? title}
        {...(controls && { controls })}
        range={<RangeMenu url={frame.url} view={frame.view} />}
        aside={
          <Keys
            commands={commandsOf(frame)}
            search={otherPage("/dashboard/requests", frame.url)}
            call={otherPage("/dashboard/requests/:id", frame.url)}
          />
        }
      >
        <AwayNotice project={frame.project.id} readiness={frame.readiness} />
        {frame.removedBefore && (controls?.includes("range") ?? true) && (
          <RemovedNotice before={frame.removedBefore} url={frame.url} />
        )}
        {children}
      </Shell>
    </>
  );
}
