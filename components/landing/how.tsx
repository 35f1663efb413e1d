/**
 * How it works, as a picture that is also a list: it reads from left to right, and from top to bottom
 * on a phone.
 *
 * @module
 */
import { Icon } from "../icon.tsx";

interface Stop {
  readonly name: string;
  readonly text: string;
  readonly own: boolean;
}

const call: readonly Stop[] = [
  { name: "Your application", text: "its SDK, with one base URL changed", own: false },
  { name: "Gateway", text: "passes bytes on, reads usage as they go by", own: true },
  { name: "Provider", text: "OpenAI, Anthropic, Gemini and others", own: false },
];

const record: readonly Stop[] = [
  { name: "Event log", text: "one event per call, committed before the answer ends", own: true },
  { name: "ClickHouse", text: "a projection of the log, rebuilt from it at any time", own: true },
  { name: "Dashboard and API", text: "within two seconds of the call", own: true },
];

export function How() {
  return (
    <section class="site-width section" aria-labelledby="how-title">
      <h2 id="how-title">How it works</h2>
      <p class="muted measure">
        The log is the truth. Everything that is counted is a projection of it, so analytics can be
        away, be replaced or be rebuilt without losing a call.
      </p>
      <div class="flow">
        <Row label="The call" stops={call} />
        <Row label="Its record" stops={record} />
      </div>
    </section>
  );
}

function Row({ label, stops }: { label: string; stops: readonly Stop[] }) {
  return (
    <div class="flow-row">
      <h3 class="small muted">{label}</h3>
      <ol role="list">
        {stops.map(({ name, text, own }, index) => (
          <li key={name} class={own ? "stop own" : "stop"}>
            {index > 0 && <Icon name="arrow" />}
            <strong>{name}</strong>
            <span class="small muted">{text}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}
