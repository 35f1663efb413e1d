/**
 * The fields of a provider of one's own.
 *
 * @module
 */
import { useState } from "preact/hooks";
import { Fields } from "../../form/fields.tsx";
import { authHeaders, type CustomProvider, formats, headerLines } from "./custom.ts";

interface CustomFieldsProps {
  /** None for a new one. */
  readonly provider: CustomProvider | undefined;
  /** Whether a key is kept for it already. */
  readonly hasKey: boolean;
  readonly problem: (field: string) => string | null;
}

export function CustomFields({ provider, hasKey, problem }: CustomFieldsProps) {
  const [format, setFormat] = useState(provider?.format ?? "openai");
  const [auth, setAuth] = useState(provider?.auth ?? "bearer");
  return (
    <Fields
      problem={problem}
      of={[
        {
          name: "name",
          label: "Name, as in name/model",
          required: true,
          fixed: provider !== undefined,
          placeholder: "local",
          value: provider?.name ?? "",
          ...(provider && { hint: "Keys and calls go by it: it stays" }),
        },
        {
          name: "base_url",
          label: "Where its API begins",
          type: "url",
          required: true,
          placeholder: "https://host/v1",
          value: provider?.base_url ?? "",
        },
        {
          name: "format",
          label: "Speaks the dialect of",
          value: format,
          options: formats,
          onPick: setFormat,
        },
        {
          name: "auth",
          label: "Its key goes into",
          value: auth,
          options: authHeaders,
          onPick: setAuth,
        },
        auth !== "none" && {
          name: "key",
          label: hasKey ? "A further key, if any" : "Key, if it needs one",
          type: "password",
          hint: "Encrypted, and listed above",
        },
        format === "openai" && {
          name: "ask_usage",
          label: "Ask streams for their tokens",
          value: provider?.ask_usage === false ? "no" : "yes",
          options: [["yes", "yes"], ["no", "no: it refuses stream_options"]],
        },
        {
          name: "headers",
          label: "Further headers, one a line",
          rows: 2,
          placeholder: "X-Team: search",
          value: headerLines(provider?.headers ?? {}),
          hint: "No secrets: these are in the log",
        },
      ]}
    />
  );
}
