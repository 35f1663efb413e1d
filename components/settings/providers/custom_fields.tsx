/**
 * The fields of a provider of one's own.
 *
 * @module
 */
import { useState } from "preact/hooks";
import { Choice, Field } from "../../form/field.tsx";
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
    <>
      <Field
        name="name"
        label="Name, as in name/model"
        required
        fixed={provider !== undefined}
        placeholder="local"
        value={provider?.name ?? ""}
        {...(provider && { hint: "Keys and calls go by it: it stays" })}
        problem={problem("name")}
      />
      <Field
        name="base_url"
        label="Where its API begins"
        type="url"
        required
        placeholder="https://host/v1"
        value={provider?.base_url ?? ""}
        problem={problem("base_url")}
      />
      <Choice
        name="format"
        label="Speaks the dialect of"
        value={format}
        options={formats}
        onPick={setFormat}
        problem={problem("format")}
      />
      <Choice
        name="auth"
        label="Its key goes into"
        value={auth}
        options={authHeaders}
        onPick={setAuth}
        problem={problem("auth")}
      />
      {auth !== "none" && (
        <Field
          name="key"
          label={hasKey ? "A further key, if any" : "Key, if it needs one"}
          type="password"
          hint="Encrypted, and listed above"
          problem={problem("key")}
        />
      )}
      {format === "openai" && (
        <Choice
          name="ask_usage"
          label="Ask streams for their tokens"
          value={provider?.ask_usage === false ? "no" : "yes"}
          options={[["yes", "yes"], ["no", "no: it refuses stream_options"]]}
          problem={problem("ask_usage")}
        />
      )}
      <Field
        name="headers"
        label="Further headers, one a line"
        rows={2}
        placeholder="X-Team: search"
        value={headerLines(provider?.headers ?? {})}
        hint="No secrets: these are in the log"
        problem={problem("headers")}
      />
    </>
  );
}
