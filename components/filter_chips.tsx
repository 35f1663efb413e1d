/**
 * The filters of an address as chips; each is a link to the same view without it.
 *
 * @module
 */
import { Icon } from "./icon.tsx";
import { filterValueName, type KeyNames, noKeyNames } from "./key_names.ts";
import { named } from "./named.ts";
import { filterQuery, sameView } from "./page_url.ts";

const names: Readonly<Record<string, string>> = {
  user_id: "user",
  session_id: "session",
  trace_id: "trace",
  key_id: "project key",
  provider_key_id: "provider key",
  q: "text",
  cost_min: "cost at least",
  cost_max: "cost at most",
  latency_min: "latency at least",
  latency_max: "latency at most",
};

/** A filter's name as people say it. */
function filterLabel(name: string): string {
  return named(names, name) ?? name.replace(/^property\./, "");
}

interface FilterChipsProps {
  readonly url: URL;
  /** Without them keys are shown by their ids. */
  readonly names?: KeyNames;
}

export function FilterChips({ url, names: keyNames = noKeyNames }: FilterChipsProps) {
  const filters = Object.entries(filterQuery(url.searchParams))
    .map(([name, value]) => [name, Array.isArray(value) ? value : [value]] as const);
  if (filters.length === 0) return null;
  const none = Object.fromEntries(filters.map(([name]) => [name, null]));
  return (
    <div class="chips">
      <ul role="list" aria-label="Filters">
        {filters.flatMap(([name, values]) =>
          values.map((value) => (
            <li key={`${name}=${value}`}>
              <a
                class="chip"
                href={sameView(url, { [name]: values.filter((other) => other !== value) })}
                title={`Without ${filterLabel(name)} ${value.slice(0, 200)}`}
              >
                <span class="muted">{filterLabel(name).slice(0, 100)}</span>
                <bdi class="ellipsis">
                  {chipValue(name, filterValueName(keyNames, name, value)).slice(0, 200)}
                </bdi>
                <Icon name="close" size={12} />
                <span class="sr">, remove</span>
              </a>
            </li>
          ))
        )}
      </ul>
      <a class="small" href={sameView(url, none)}>Clear all</a>
    </div>
  );
}

function chipValue(name: string, value: string): string {
  if (name.startsWith("cost_")) return `$${value}`;
  return name.startsWith("latency_") ? `${value} ms` : value;
}
