/**
 * The keys that the dashboard knows.
 *
 * @module
 */
import { Dialog } from "../dialog.tsx";
import { Icon } from "../icon.tsx";

const keys: readonly (readonly [keys: readonly string[], does: string])[] = [
  [["Ctrl", "K"], "Go to a page, a project or a time range (⌘ K on a Mac)"],
  [["/"], "Search: in the field of this page, or everywhere"],
  [["j"], "Next row"],
  [["k"], "Previous row"],
  [["Enter"], "Open the row"],
  [["Esc"], "Close what is open"],
  [["["], "Narrow or widen the sidebar"],
  [["?"], "These keys"],
];

export function KeyHelp({ close }: { close: () => void }) {
  return (
    <Dialog class="key-help" labelledBy="key-help-title" close={close}>
      <header>
        <h2 id="key-help-title">Keys</h2>
        <button type="button" class="icon-button" title="Close" onClick={close}>
          <Icon name="close" />
          <span class="sr">Close</span>
        </button>
      </header>
      <dl>
        {keys.map(([names, does]) => (
          <div key={does}>
            <dt>{names.map((name) => <kbd key={name}>{name}</kbd>)}</dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
