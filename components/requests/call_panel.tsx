/**
 * A call beside the list: read when it is opened, kept while the next one is read.
 *
 * @module
 */
import type { CallView } from "@/core/transcript/call_view.ts";
import { Conversation } from "../call/conversation.tsx";
import { CallFacts } from "../call/facts.tsx";
import { CallFailure } from "../call/failure.tsx";
import { CallHead, callName } from "../call/head.tsx";
import type { Read } from "../data/read.ts";
import { Icon } from "../icon.tsx";
import { PanelRead, usePanelRead } from "../panel_read.tsx";
import { SidePanel } from "../side_panel.tsx";
import { VisibleText } from "../visible_text.tsx";
import type { KeyNames } from "../key_names.ts";
import type { Zone } from "../zone.ts";
import { callHref } from "./table.tsx";

interface CallPanelProps {
  readonly eventId: string;
  readonly url: URL;
  /** Without them keys are shown by their ids. */
  readonly names?: KeyNames;
  readonly zone: Zone;
  readonly load: (signal: AbortSignal) => Promise<Read<CallView>>;
  readonly close: () => void;
}

export function CallPanel({ eventId, url, names, zone, load, close }: CallPanelProps) {
  const [got, retry] = usePanelRead(eventId, load, { keeps: true });
  const view = got?.ok ? got.value : null;
  return (
    <SidePanel
      label="Call"
      title={view ? <VisibleText text={callName(view.event)} /> : "Call"}
      close={close}
      actions={
        <a class="icon-button" href={callHref(url, eventId)} title="Open as a page">
          <Icon name="external" />
          <span class="sr">Open as a page</span>
        </a>
      }
    >
      <PanelRead got={got} retry={retry} what="the call" zone={zone}>
        {({ transcript, ...facts }) => (
          <>
            <CallHead event={facts.event} />
            <CallFailure error={facts.event.error} />
            <Conversation transcript={transcript} />
            <CallFacts view={facts} url={url} zone={zone} {...(names && { names })} />
          </>
        )}
      </PanelRead>
    </SidePanel>
  );
}
