/**
 * A call beside the list: read when it is opened, kept while the next one is read.
 *
 * @module
 */
import { useEffect, useState } from "preact/hooks";
import type { CallView } from "@/core/transcript/call_view.ts";
import { Conversation } from "../call/conversation.tsx";
import { CallFacts } from "../call/facts.tsx";
import { CallFailure } from "../call/failure.tsx";
import { CallHead, callName } from "../call/head.tsx";
import type { Read } from "../data/read.ts";
import { Icon } from "../icon.tsx";
import { ReadFailureNote } from "../read_failure.tsx";
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
  const [got, setGot] = useState<Read<CallView> | null>(null);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    const end = new AbortController();
    load(end.signal).then(setGot, () => {});
    return () => end.abort();
  }, [eventId, attempt]);

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
      {!got && <PanelSkeleton />}
      {got && !got.ok && (
        <ReadFailureNote
          failure={got.failure}
          readAt={null}
          zone={zone}
          retry={() => setAttempt((before) => before + 1)}
        />
      )}
      {view && (
        <>
          <CallHead event={view.event} />
          <CallFailure error={view.event.error} />
          <Conversation transcript={view.transcript} />
          <CallFacts view={view} url={url} zone={zone} {...(names && { names })} />
        </>
      )}
    </SidePanel>
  );
}

function PanelSkeleton() {
  return (
    <div class="skeleton" role="status">
      <span class="sr">Reading the call</span>
      <i class="line short" />
      <i class="block" />
      <i class="block tall" />
      <i class="line" />
    </div>
  );
}
