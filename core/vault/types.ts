/**
 * Provider keys: as they are given, as they may be shown, and as a call uses them.
 *
 * @module
 */

/**
 * What opens a provider. AWS keys sign requests and a service account signs for tokens; the others are
 * sent as they are.
 */
export type Credential = ApiKey | AwsCredential | AzureCredential | ServiceAccount;

export interface ApiKey {
  readonly kind: "api_key";
  readonly key: string;
}

export interface AwsCredential {
  readonly kind: "aws";
  readonly access_key_id: string;
  readonly secret_access_key: string;
  readonly session_token: string | null;
  /** Null: the region is that of the provider's address. */
  readonly region: string | null;
}

/** A key of an Azure OpenAI resource, with what belongs to the resource. */
export interface AzureCredential {
  readonly kind: "azure";
  readonly key: string;
  /** The resource's address, e.g. `https://name.openai.azure.com`. */
  readonly endpoint: string;
  /** Added to calls below `/openai/deployments/` that name none. */
  readonly api_version: string | null;
  /** The model behind each deployment's name. */
  readonly deployments: Readonly<Record<string, string>>;
}

/** A service account of Google Cloud. */
export interface ServiceAccount {
  readonly kind: "service_account";
  readonly client_email: string;
  /** PEM. */
  readonly private_key: string;
  readonly project_id: string;
}

/** What of a credential is no secret. */
export type CredentialFacts = Readonly<
  Record<string, string | null | Readonly<Record<string, string>>>
>;

/** Whether a key may be used now, as providers' answers told. */
export type KeyHealth =
  | { readonly state: "ok" }
  /** `refused`: 401 or 403; `cooling`: 429. The key is passed over until then if there is another. */
  | {
    readonly state: "refused" | "cooling";
    readonly status: number;
    /** ISO UTC. */
    readonly since: string;
    readonly until: string;
  };

/** What may be shown of a provider key. */
export interface ProviderKeyInfo {
  readonly key_id: string;
  readonly provider: string;
  readonly kind: Credential["kind"];
  readonly label: string;
  /** Lower is taken first; keys with the same number take turns. */
  readonly priority: number;
  readonly enabled: boolean;
  /**
   * Of the key, of the AWS access key id, or of what stands before the service account's @; empty for
   * one too short to show any of it.
   */
  readonly last_four: string;
  /** Region, resource, deployments and the like; empty when the key cannot be read. */
  readonly facts: CredentialFacts;
  readonly created_at: string;
  readonly updated_at: string;
  /** To the minute, as far as it is known; null when it was never used. */
  readonly last_used_at: string | null;
  readonly health: KeyHealth;
  /** False: it cannot be decrypted with this master key, or was changed in the store. */
  readonly readable: boolean;
}

export interface NewProviderKey {
  readonly provider: string;
  readonly credential: Credential;
  readonly label?: string;
  /** @default {0} */
  readonly priority?: number;
}

export interface ProviderKeyChange {
  /** Replaces the secret; the id stays. */
  readonly credential?: Credential;
  readonly label?: string;
  readonly priority?: number;
  readonly enabled?: boolean;
}

/** A key that a call uses. */
export interface UsableKey {
  readonly id: string;
  readonly credential: Credential;
  /**
   * Tells what the provider answered: 401 and 403 mark the key as refused for a while, 429 lets it
   * rest for `Retry-After`, success clears what an earlier call found.
   *
   * @param retryAfter the answer's `Retry-After`, seconds or a date
   */
  report(status: number, retryAfter: string | null): void;
}

/** A key with its secret. */
export interface OpenedKey {
  readonly provider: string;
  readonly usable: UsableKey;
}

/** A project's decrypted keys, a few seconds old at most. */
export interface KeyRing {
  /**
   * The key to use next: of those that are well the one with the lowest priority number, equal ones in
   * turn; when none is well the one that will be first. Null: the vault holds none for the provider.
   *
   * @param except ids that this call has tried already
   */
  pick(provider: string, except?: ReadonlySet<string>): UsableKey | null;
}

export interface Vault {
  /** By provider, priority and age. */
  list(project: string): Promise<readonly ProviderKeyInfo[]>;
  /** Null: the project has as many keys as it may have. */
  add(project: string, key: NewProviderKey): Promise<ProviderKeyInfo | null>;
  /** Null: the project has no such key. Effective at once here and within 5 s in other processes. */
  change(
    project: string,
    keyId: string,
    change: ProviderKeyChange,
  ): Promise<ProviderKeyInfo | null>;
  /** False: the project has no such key. Effective as a change is. */
  remove(project: string, keyId: string): Promise<boolean>;
  /** A promise only when the project's keys are not in memory. */
  keysOf(project: string): KeyRing | Promise<KeyRing>;
  /** One key with its secret, for a trial of it; null: no such key, or it cannot be read. */
  open(project: string, keyId: string): Promise<OpenedKey | null>;
  /** Resolves when no read or write of the vault is under way. */
  idle(): Promise<void>;
}

/** Keys that one project may have. */
export const maxKeys = 200;
