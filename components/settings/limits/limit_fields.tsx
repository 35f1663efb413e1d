/**
 * The fields of a limit. Those that only some scopes have come with the scope.
 *
 * @module
 */
import { useState } from "preact/hooks";
import { Fields } from "../../form/fields.tsx";
import type { Limit } from "./limit.ts";

interface LimitFieldsProps {
  /** None for a new one. */
  readonly limit: Limit | undefined;
  readonly problem: (field: string) => string | null;
}

const scopes = [
  ["project", "whole project"],
  ["key", "each project key"],
  ["user", "each end user"],
  ["property", "each value of a property"],
] as const;

const windows = ["minute", "hour", "day", "month"].map((each) => [each, each] as const);

export function LimitFields({ limit, problem }: LimitFieldsProps) {
  const text = (name: string) => String(limit?.[name] ?? "");
  const [scope, setScope] = useState(text("scope") || "project");
  return (
    <Fields
      problem={problem}
      of={[
        {
          name: "id",
          label: "Name",
          required: true,
          placeholder: "monthly-budget",
          value: text("id"),
        },
        {
          name: "scope",
          label: "Counts by",
          value: scope,
          options: scopes,
          onPick: setScope,
        },
        scope === "property" && {
          name: "property",
          label: "Property",
          placeholder: "team",
          value: text("property"),
        },
        scope !== "project" && {
          name: "subject",
          label: "Only this one, empty: each",
          value: text("subject"),
        },
        {
          name: "mode",
          label: "When it is used up",
          value: text("mode") || "enforce",
          options: [["enforce", "refuse calls"], ["dry-run", "only say so (dry run)"]],
        },
        {
          name: "quota",
          label: "How much",
          required: true,
          placeholder: "250.00",
          value: text("quota"),
        },
        {
          name: "unit",
          label: "Of",
          value: text("unit") || "usd",
          options: [["usd", "US dollars"], ["requests", "requests"], ["tokens", "tokens"]],
        },
        {
          name: "window",
          label: "In each (UTC)",
          value: text("window") || "month",
          options: windows,
        },
      ]}
    />
  );
}
