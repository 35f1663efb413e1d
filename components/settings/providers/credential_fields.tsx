/**
 * The fields of what opens a provider, by its kind. Secrets are typed unseen.
 *
 * @module
 */
import { Field } from "../../form/field.tsx";
import type { Kind } from "./credential.ts";

interface CredentialFieldsProps {
  readonly kind: Kind;
  readonly problem: (field: string) => string | null;
}

export function CredentialFields({ kind, problem }: CredentialFieldsProps) {
  const text = (name: string, label: string, more = {}) => (
    <Field
      key={name}
      name={name}
      label={label}
      required
      problem={problem(`credential.${name}`)}
      {...more}
    />
  );
  const secret = (name: string, label: string) => text(name, label, { type: "password" });
  switch (kind) {
    case "api_key":
      return secret("key", "API key");
    case "aws":
      return (
        <>
          {text("access_key_id", "Access key id")}
          {secret("secret_access_key", "Secret access key")}
          {text("region", "Region", { placeholder: "us-east-1", required: false })}
        </>
      );
    case "azure":
      return (
        <>
          {secret("key", "API key")}
          {text("endpoint", "Address of the resource", {
            placeholder: "https://name.openai.azure.com",
          })}
          {text("api_version", "API version", { required: false })}
        </>
      );
    case "service_account":
      return text("json", "The file that Google Cloud gives", { rows: 6 });
  }
}
