/**
 * The command palette: type, choose with the arrows, go. What is no command can be searched for in
 * prompts and answers, or opened as a call's id.
 *
 * @module
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { Dialog } from "../dialog.tsx";
import { Icon } from "../icon.tsx";
import { type Command, matching } from "./commands.ts";

interface PaletteProps {
  readonly commands: readonly Command[];
  /** Where a search goes: an address that the words are added to as `q`. */
  readonly search: string;
  /** Where a call's page is: an address whose `:id` stands for its id. */
  readonly call: string;
  readonly close: () => void;
}

const eventId = /^[0-9A-HJKMNP-TV-Z]{26}$/i;

export function Palette({ commands, search, call, close }: PaletteProps) {
  const list = useRef<HTMLUListElement>(null);
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState(0);
  const shown = [...offered(commands, typed, search, call)];
  const at = Math.min(chosen, shown.length - 1);

  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [at]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") setChosen((at + 1) % shown.length);
    else if (event.key === "ArrowUp") setChosen((at + shown.length - 1) % shown.length);
    else if (event.key === "Enter" && shown[at]) location.assign(shown[at].href);
    else return;
    event.preventDefault();
  };

  return (
    <Dialog class="palette" label="Go to or search" close={close}>
      <label class="palette-field">
        <Icon name="search" />
        <span class="sr">Go to a page, a project or a time range, or search</span>
        <input
          type="text"
          role="combobox"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={shown[at] && `command-${at}`}
          autocomplete="off"
          spellcheck={false}
          placeholder="Go to, or search in prompts and answers"
          value={typed}
          onInput={(event) => {
            setTyped(event.currentTarget.value);
            setChosen(0);
          }}
          onKeyDown={onKeyDown}
        />
        <kbd>Esc</kbd>
      </label>
      <ul ref={list} role="listbox" id="palette-list" aria-label="Commands">
        {shown.map(({ label, kind, icon, href }, index) => (
          <li
            key={`${kind}/${label}`}
            id={`command-${index}`}
            role="option"
            aria-selected={index === at}
            onPointerMove={() => setChosen(index)}
            onClick={() => location.assign(href)}
          >
            <Icon name={icon} />
            <span class="ellipsis">{label}</span>
            <span class="muted small">{kind}</span>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

function* offered(
  commands: readonly Command[],
  typed: string,
  search: string,
  call: string,
): Generator<Command> {
  const text = typed.trim();
  if (eventId.test(text)) {
    yield {
      label: `Open call ${text.toUpperCase()}`,
      kind: "Call",
      icon: "arrow",
      href: call.replace(":id", text.toUpperCase()),
    };
  }
  yield* matching(commands, text);
  if (text === "") return;
  const url = new URL(search, location.origin);
  url.searchParams.set("q", text);
  yield {
    label: `Search calls for “${text}”`,
    kind: "Search",
    icon: "search",
    href: url.pathname + url.search,
  };
}
