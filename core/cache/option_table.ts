/**
 * The cache's options by the names that requests give them: our headers, the peers' headers for the same,
 * and LiteLLM's members of the body. The table is the documentation; nothing else knows these names.
 *
 * @module
 */
import { inBody } from "./body_options.ts";
import {
  cacheControl,
  kind,
  mode,
  namedBy,
  noStore,
  option,
  portkeyConfig,
  refresh,
  type Row,
  setBuckets,
  setCacheAndTtl,
  setExact,
  setMaxAge,
  setMinSimilarity,
  setNamespace,
  setSeed,
  setTtl,
  skip,
} from "./option_rows.ts";
import { bucketCount, duration, flag, names, seconds, similarity, text } from "./option_values.ts";

/** By name in lower case, ours first: where two say different things, the upper one holds. */
export const cacheHeaders: Readonly<Record<string, Row>> = {
  "x-watchllm-cache-mode": mode,
  "x-watchllm-cache-ttl": option(seconds, setTtl),
  "x-watchllm-cache-namespace": option(text, setNamespace),
  "x-watchllm-cache-seed": option(text, setSeed),
  "x-watchllm-cache-key": option(text, (draft, value) => draft.customKey ??= value),
  "x-watchllm-cache-buckets": option(bucketCount, setBuckets),
  "x-watchllm-cache-ignore": option(names, (draft, value) => draft.ignore = value),
  "x-watchllm-cache-threshold": option(similarity, setMinSimilarity),
  "x-watchllm-explain": option(flag, (draft, value) => draft.explain = value),
  "cache-control": cacheControl,

  ...namedBy("helicone", {
    "helicone-cache-enabled": option(flag, setExact),
    "helicone-cache-seed": option(text, setSeed),
    "helicone-cache-bucket-max-size": option(bucketCount, setBuckets),
    "helicone-cache-ignore-keys": option(names, (draft, value) => {
      if (draft.ignore.length === 0) draft.ignore = value;
    }),
  }),

  ...namedBy("cloudflare", {
    "cf-aig-skip-cache": option(flag, skip),
    "cf-skip-cache": option(flag, skip),
    "cf-aig-cache-ttl": option(seconds, setCacheAndTtl),
    "cf-cache-ttl": option(seconds, setCacheAndTtl),
    "cf-aig-cache-key": option(text, (draft, value) => {
      draft.exact ??= true;
      draft.customKey ??= value;
    }),
  }),

  ...namedBy("portkey", {
    "x-portkey-cache": kind,
    "x-portkey-cache-namespace": option(text, setNamespace),
    "x-portkey-cache-force-refresh": option(flag, refresh),
    "x-portkey-config": portkeyConfig,
  }),

  ...namedBy("bifrost", {
    "x-bf-cache-key": option(text, (draft, value) => {
      draft.exact ??= true;
      setNamespace(draft, value);
    }),
    "x-bf-cache-ttl": option(duration, setTtl),
    "x-bf-cache-type": kind,
    "x-bf-cache-threshold": option(similarity, setMinSimilarity),
    "x-bf-cache-no-store": option(flag, noStore),
    "x-bf-no-store": option(flag, noStore),
  }),

  ...namedBy("litellm", {
    "x-litellm-cache": option(flag, setExact),
    "x-litellm-cache-ttl": option(seconds, setTtl),
    "x-litellm-cache-namespace": option(text, setNamespace),
  }),
};

/** Members of the object `cache` that LiteLLM's clients put into the body. */
export const cacheMembers: Readonly<Record<string, Row>> = namedBy("litellm", {
  [`${inBody}use-cache`]: option(flag, setExact),
  [`${inBody}no-cache`]: option(flag, refresh),
  [`${inBody}no-store`]: option(flag, noStore),
  [`${inBody}ttl`]: option(seconds, setTtl),
  [`${inBody}s-maxage`]: option(seconds, setMaxAge),
  [`${inBody}s-max-age`]: option(seconds, setMaxAge),
  [`${inBody}namespace`]: option(text, setNamespace),
});
