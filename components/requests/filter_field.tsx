/**
 * Filters as text: a form without script. What could not be read is said below it.
 *
 * @module
 */
import { Icon } from "../icon.tsx";
import { HiddenParams } from "../shell/top_bar.tsx";
import { filterQuery } from "../page_url.ts";

interface FilterFieldProps {
  readonly url: URL;
  readonly text: string;
  readonly problems: readonly { readonly part: string; readonly message: string }[];
}

const example = `model:gpt-4o status:error cost:>0.01 "refund"`;

export function FilterField({ url, text, problems }: FilterFieldProps) {
  return (
    <form method="get" action="/dashboard/requests" class="filter-field" role="search">
      <HiddenParams url={url} without={Object.keys(filterQuery(url.searchParams))} />
      <label>
        <Icon name="search" />
        <span class="sr">Filter and search</span>
        <input
          type="search"
          name="filter"
          value={text}
          placeholder={example}
          data-search
          autocomplete="off"
          spellcheck={false}
          maxlength={1000}
          {...(problems.length > 0 && {
            "aria-invalid": "true",
            "aria-describedby": "filter-problems",
          })}
        />
        <kbd aria-hidden="true">/</kbd>
      </label>
      <button type="button" class="icon-button" popovertarget="filter-help" title="How to filter">
        <Icon name="info" />
        <span class="sr">How to filter</span>
      </button>
      <div id="filter-help" class="menu anchored filter-help" popover="auto">
        <dl>
          {help.map(([form, means]) => (
            <div key={form}>
              <dt>
                <code>{form}</code>
              </dt>
              <dd class="small muted">{means}</dd>
            </div>
          ))}
        </dl>
      </div>
      {problems.length > 0 && (
        <div id="filter-problems" role="alert">
          <ul class="problems">
            {problems.map(({ part, message }) => (
              <li key={part}>
                <code>{part}</code> {message}
              </li>
            ))}
          </ul>
        </div>
      )}
    </form>
  );
}

const help: readonly (readonly [form: string, means: string])[] = [
  ["model:gpt-4o", "model, provider, user, session, trace, endpoint; repeat for any of several"],
  ["error", "also success, aborted, a code such as 429, a class such as 5xx"],
  ["cost:>0.01", "US dollars; also cost:<0.5 and cost:0.01..0.5"],
  ["latency:>2s", "also ms and min, and latency:1s..5s"],
  ["cache:hit", "hit, hit-semantic, hit-coalesced, miss, bypass"],
  ["key:AbCdEf123456", "project key, by id or name; provider_key: the key at the provider"],
  ["property.team:search", "a property that the call was sent with"],
  ['"refund"', "words that all stand in the prompt, or all in the answer"],
];
