/**
 * A page of the settings: the frame, and the settings' own pages as tabs.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import type { Frame } from "@/components/shell/frame.ts";
import { SettingsTabs } from "@/components/settings/tabs.tsx";
import { DashboardPage } from "./page.tsx";

interface SettingsPageProps {
  readonly frame: Frame;
  /** Of the document; the page itself says `Settings`. */
  readonly title: string;
  /** What is set here, in a sentence or two. */
  readonly lead: ComponentChildren;
  readonly children: ComponentChildren;
}

export function SettingsPage({ frame, title, lead, children }: SettingsPageProps) {
  return (
    <DashboardPage frame={frame} title={title} heading="Settings" controls={[]}>
      <SettingsTabs url={frame.url} />
      <div class="settings">
        <p class="lead">{lead}</p>
        {children}
      </div>
    </DashboardPage>
  );
}
