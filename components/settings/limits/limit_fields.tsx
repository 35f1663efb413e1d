/**
 * The fields of a limit. Those that only some scopes have come with the scope.
 *
 * @module
 */
import { useState } from "preact/hooks";
import { Choice, Field } from "../../form/field.tsx";
import type { Limit } from "./limit.ts";

interface LimitFieldsProps {
  /** None for a new one. */
  readonly limit: Limit | undefined;
  readonly problem: (field: string) => string | null;
}

const windows = ["minute", "hour", "day", "month"].map((each) => [each, each] as const);

export function LimitFields({ limit, problem }: LimitFieldsProps) {
  const text = (name: string) => String(limit?.[name] ?? "");
  const [scope, setScope] = useState(text("scope") || "project");
  return (
    <>
      <Field
        name="id"
        label="Name"
        required
        placeholder="monthly-budget"
        value={text("id")}
        problem={problem("id")}
      />
      <Choice
        name="scope"
        label="Counts by"
        value={scope}
        options={[
          ["project", "whole project"],
          ["key", "each project key"],
          ["user", "each end user"],
          ["property", "each value of a property"],
        ]}
        onPick={setScope}
        problem={problem("scope")}
      />
      {scope === "property" && (
        <Field
          name="property"
          label="Property"
          placeholder="team"
          value={text("property")}
          problem={problem("property")}
        />
      )}
      {scope !== "project" && (
        <Field
          name="subject"
          label="Only this one, empty: each"
          value={text("subject")}
          problem={problem("subject")}
        />
      )}
      <Field
        name="quota"
        label="How much"
        required
        placeholder="250.00"
        value={text("quota")}
        problem={problem("quota")}
      />
      <Choice
        name="unit"
        label="Of"
        value={text("unit") || "usd"}
        options={[["usd", "US dollars"], ["requests", "requests"], ["tokens", "tokens"]]}
        problem={problem("unit")}
      />
      <Choice
        name="window"
        label="In each (UTC)"
        value={text("window") || "month"}
        options={windows}
        problem={problem("window")}
      />
      <Choice
        name="mode"
        label="When it is used up"
        value={text("mode") || "enforce"}
        options={[["enforce", "refuse calls"], ["dry-run", "only say so (dry run)"]]}
        problem={problem("mode")}
      />
    </>
  );
}
