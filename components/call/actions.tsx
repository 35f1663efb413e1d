/**
 * What can be done with a call: copy it as a command, share it, replay it.
 *
 * @module
 */
import { CopyText } from "../copy_text.tsx";
import { Icon } from "../icon.tsx";

export function Actions({ curl, link }: { curl: string; link: string }) {
  return (
    <div class="call-actions">
      <CopyText text={curl} icon="copy" label="Copy as curl" />
      <CopyText text={link} icon="share" label="Copy link" />
      <a class="control" href="#replay">
        <Icon name="replay" />
        Replay
      </a>
    </div>
  );
}
