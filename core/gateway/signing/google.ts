/**
 * Access tokens for Google Cloud from service accounts, through Google's own library, which is loaded
 * when the first call needs it. A token is kept until shortly before it ends.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { JWT } from "google-auth-library";
import { Recent } from "../../recent.ts";
import type { ServiceAccount } from "../../vault/types.ts";

const scope = "https://www.googleapis.com/auth/cloud-platform";

export class GoogleTokens {
  readonly #fetch: typeof fetch;
  /** By a digest of the account: its credential is another object after every read of the vault. */
  readonly #clients = new Recent<Promise<JWT>>(1_000);

  constructor(fetching: typeof fetch) {
    this.#fetch = fetching;
  }

  /** @throws what Google answered, which may hold the account's name */
  async token(account: ServiceAccount): Promise<string> {
    const client = await this.#client(account);
    const { token } = await client.getAccessToken();
    if (!token) throw new Error("Google's answer holds no access token");
    return token;
  }

  #client({ client_email, private_key }: ServiceAccount): Promise<JWT> {
    const name = createHash("sha256").update(`${client_email}\n${private_key}`).digest("hex");
    let client = this.#clients.get(name);
    if (client) return client;
    client = import("google-auth-library").then(({ JWT }) =>
      new JWT({
        email: client_email,
        key: private_key,
        scopes: [scope],
        transporterOptions: { fetchImplementation: this.#fetch, timeout: 10_000 },
      })
    );
    this.#clients.set(name, client);
    return client;
  }
}
