/**
 * The project key that a call is sent with. It stays in the page.
 *
 * @module
 */
import type { Answer } from "../data/read.ts";
import { useAction } from "../data/use_action.ts";

interface KeyFieldProps {
  readonly value: string;
  readonly set: (key: string) => void;
  /** Makes a test key of the project. */
  readonly make: () => Promise<Answer<{ readonly key: string }>>;
}

export function KeyField({ value, set, make }: KeyFieldProps) {
  const making = useAction();
  const makeKey = async () => {
    const made = await making.run(make);
    if (made.ok) set(made.value.key);
  };
  return (
    <>
      <label class="key-field">
        <span class="small muted">Project key, kept in this page only</span>
        <input
          class="field mono"
          type="password"
          required
          autocomplete="off"
          placeholder="wl_live_..."
          value={value}
          onInput={(event) => set(event.currentTarget.value)}
        />
        {making.failure && (
          <span class="small error-text" role="alert">{making.failure.message}</span>
        )}
      </label>
      {value === "" && (
        <button type="button" class="button" disabled={making.busy} onClick={makeKey}>
          Make a test key
        </button>
      )}
    </>
  );
}
