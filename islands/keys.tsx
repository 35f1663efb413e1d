/**
 * The keyboard of every page: the command palette, search, rows, help. Keys that a field is typed into
 * with stay the field's.
 *
 * @module
 */
import { useEffect, useState } from "preact/hooks";
import type { Command } from "@/components/shell/commands.ts";
import { KeyHelp } from "@/components/shell/key_help.tsx";
import { Palette } from "@/components/shell/palette.tsx";
import { moveRow } from "@/components/shell/row_focus.ts";
import { toggleSidebar } from "@/components/shell/toggle_sidebar.ts";

interface KeysProps {
  readonly commands: readonly Command[];
  readonly search: string;
  readonly call: string;
}

export function Keys(props: KeysProps) {
  const [open, setOpen] = useState<"palette" | "help" | null>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        setOpen((now) => now === "palette" ? null : "palette");
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (document.querySelector("dialog[open]")) return;
      if (act(event.key, setOpen)) event.preventDefault();
    };
    const onSubmit = (event: SubmitEvent) => {
      if (!(event.target instanceof Element) || !event.target.matches(".collapse")) return;
      event.preventDefault();
      toggleSidebar();
    };
    document.addEventListener("keydown", onKey);
    document.addEventListener("submit", onSubmit);
    return () => {
      document.removeEventListener("keydown", onKey);
      document.removeEventListener("submit", onSubmit);
    };
  }, []);

  // On a phone the tabs may be wider than the page: the one that is shown is brought into view.
  useEffect(() => {
    const here = document.querySelector('.tab-bar [aria-current="page"]');
    here?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, []);

  // A dialog tells of its end a moment later: another one may be open by then.
  const close = (which: "palette" | "help") => () => setOpen((now) => now === which ? null : now);
  if (open === "palette") return <Palette {...props} close={close("palette")} />;
  if (open === "help") return <KeyHelp close={close("help")} />;
  return null;
}

function act(key: string, setOpen: (open: "palette" | "help") => void): boolean {
  switch (key) {
    case "/":
      if (!focusSearch()) setOpen("palette");
      return true;
    case "j":
      return moveRow(1);
    case "k":
      return moveRow(-1);
    case "[":
      toggleSidebar();
      return true;
    case "?":
      setOpen("help");
      return true;
    default:
      return false;
  }
}

function focusSearch(): boolean {
  const field = document.querySelector<HTMLInputElement>("[data-search]");
  field?.focus();
  field?.select();
  return field !== null;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.matches("input:not([type=radio], [type=checkbox]), textarea, select"));
}
