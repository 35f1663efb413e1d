/**
 * A request as fields: model, settings, messages. What no field shows stays in the JSON as it is.
 *
 * @module
 */
import { Icon } from "../icon.tsx";
import { type Body, changed, type EditableTurn, type Path, turnsOf, valueAt } from "./body.ts";
import { settingPlaces } from "./settings_of.ts";

interface RequestFieldsProps {
  /** The provider's path. */
  readonly path: string;
  readonly body: Body;
  readonly change: (body: Body) => void;
}

/** Longer conversations are edited as JSON. */
const mostTurns = 100;

export function RequestFields({ path, body, change }: RequestFieldsProps) {
  const places = settingPlaces(path, body);
  const turns = turnsOf(body);
  const put = (where: Path, value: string | number | boolean | undefined) =>
    change(changed(body, where, value));
  const { messages } = places;
  const add = () => {
    if (!messages) return;
    const list = valueAt(body, messages.path);
    change(changed(body, messages.path, [...(Array.isArray(list) ? list : []), messages.empty]));
  };
  return (
    <div class="stacked">
      <div class="form-grid">
        {places.model && (
          <label>
            <span class="small muted">Model</span>
            <input
              class="field mono"
              required
              spellcheck={false}
              autocomplete="off"
              value={String(valueAt(body, places.model) ?? "")}
              onInput={(event) => places.model && put(places.model, event.currentTarget.value)}
            />
          </label>
        )}
        <NumberField
          label="Temperature"
          place={places.temperature}
          step="any"
          body={body}
          put={put}
        />
        <NumberField
          label="Most tokens of the answer"
          place={places.mostTokens}
          step="1"
          body={body}
          put={put}
        />
        {places.stream && (
          <label class="check">
            <input
              type="checkbox"
              checked={valueAt(body, places.stream) === true}
              onChange={(event) => places.stream && put(places.stream, event.currentTarget.checked)}
            />
            Stream the answer
          </label>
        )}
      </div>
      {turns.length > mostTurns
        ? <p class="small muted">{`${turns.length} messages: edit them as JSON.`}</p>
        : turns.map((turn, index) => (
          <TurnFields
            key={turn.path.join(".")}
            turn={turn}
            place={index + 1}
            put={put}
            remove={turn.path.length > 1 ? () => put(turn.path, undefined) : null}
          />
        ))}
      {messages && (
        <p>
          <button type="button" class="button small-button" onClick={add}>
            <Icon name="plus" size={14} />
            Add a message
          </button>
        </p>
      )}
    </div>
  );
}

interface NumberFieldProps {
  readonly label: string;
  /** None: the format has no such setting. */
  readonly place: Path | null;
  readonly step: "any" | "1";
  readonly body: Body;
  readonly put: (path: Path, value: number | undefined) => void;
}

function NumberField({ label, place, step, body, put }: NumberFieldProps) {
  if (!place) return null;
  const value = valueAt(body, place);
  return (
    <label>
      <span class="small muted">{label}</span>
      <input
        class="field num"
        type="number"
        min={0}
        step={step}
        placeholder="the model's own"
        value={typeof value === "number" ? value : ""}
        onChange={({ currentTarget: { value } }) =>
          put(place, value === "" ? undefined : Number(value))}
      />
    </label>
  );
}

interface TurnFieldsProps {
  readonly turn: EditableTurn;
  /** Counted from 1. */
  readonly place: number;
  readonly put: (path: Path, value: string) => void;
  readonly remove: (() => void) | null;
}

function TurnFields({ turn: { role, places, others }, place, put, remove }: TurnFieldsProps) {
  const name = `Message ${place}, ${role.slice(0, 40)}`;
  return (
    <div class="turn-fields">
      <div class="turn-head small">
        <strong>{role.slice(0, 40)}</strong>
        {others > 0 && (
          <span class="muted">
            {`${others === 1 ? "1 part is" : `${others} parts are`} no text and stay as they are`}
          </span>
        )}
        {remove && (
          <button type="button" class="icon-button" title="Remove this message" onClick={remove}>
            <Icon name="trash" size={14} />
            <span class="sr">{`Remove ${name}`}</span>
          </button>
        )}
      </div>
      {places.map(({ path, text }, index) => (
        <textarea
          key={path.join(".")}
          class="field"
          rows={Math.min(12, Math.max(2, Math.ceil(text.length / 90), text.split("\n").length))}
          aria-label={places.length === 1 ? name : `${name}, part ${index + 1}`}
          {...{ value: text }}
          onInput={(event) => put(path, event.currentTarget.value)}
        />
      ))}
    </div>
  );
}
