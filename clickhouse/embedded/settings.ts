/**
 * The engine's configuration files: who may log in, on which address, with how much memory.
 *
 * Guarantees: only 127.0.0.1 is listened on; the password reaches the disk as SHA-256 only; files are
 * readable by their owner alone.
 *
 * @module
 */

export interface EngineSettings {
  /** Absolute path of the engine's directory. */
  directory: string;
  /** 0 lets the system choose; a restart asks for the same port again. */
  port: number;
  user: string;
  password: string;
  /** Share of the machine's memory that the engine may use, 0 to 1. */
  memoryRatio: number;
}

/** Written by the engine into its directory once it listens. */
const portFile = "port";

/** The port on which the engine listens; undefined until it does. */
export async function listeningPort(directory: string): Promise<number | undefined> {
  const text = await Deno.readTextFile(`${directory}/${portFile}`).catch(ignoreMissing);
  const digits = /^(\d+)\n$/.exec(text ?? "")?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** The arguments of `clickhouse local`, to be run in the engine's directory. */
export function engineArguments(directory: string): string[] {
  return [
    `--config-file=${directory}/config.xml`,
    `--path=${directory}/store`,
    // Without a terminal *and* this flag one malformed connection aborts the server; see libc.ts.
    "--interactive",
    // Must be an argument: the value in the configuration file is overridden by "trace".
    "--log-level=error",
    "--query",
    `SYSTEM START LISTEN HTTP; SELECT getServerPort('http_port') INTO OUTFILE '${portFile}' TRUNCATE FORMAT TSV`,
  ];
}

export async function writeSettings(settings: EngineSettings): Promise<void> {
  const { directory } = settings;
  await Deno.remove(`${directory}/${portFile}`).catch(ignoreMissing);
  await writePrivately(`${directory}/users.xml`, await usersXml(settings));
  await writePrivately(`${directory}/config.xml`, configXml(settings));
}

function configXml({ directory, port, memoryRatio }: EngineSettings): string {
  return `<clickhouse>
  <http_port>${port}</http_port>
  <listen_host>127.0.0.1</listen_host>
  <timezone>UTC</timezone>
  <users_config>${xml(directory)}/users.xml</users_config>
  <max_server_memory_usage_to_ram_ratio>${memoryRatio}</max_server_memory_usage_to_ram_ratio>
  <mark_cache_size>268435456</mark_cache_size>
  <keep_alive_timeout>10</keep_alive_timeout>
  <backups><allowed_path>${xml(directory)}/backups</allowed_path></backups>
</clickhouse>
`;
}

/**
 * `default` is the engine's own local session: it logs in with an empty password and so cannot have one.
 * It may open the listener and nothing else, and its quota is spent by the two statements of the start;
 * otherwise any local process, or any web page through a simple cross-origin POST, could run SQL.
 */
async function usersXml({ user, password }: EngineSettings): Promise<string> {
  return `<clickhouse>
  <profiles><default/></profiles>
  <quotas>
    <start><interval><duration>315360000</duration><queries>2</queries></interval></start>
    <unlimited/>
  </quotas>
  <users>
    <default>
      <password></password>
      <networks><ip>127.0.0.1</ip></networks>
      <profile>default</profile>
      <quota>start</quota>
      <grants><query>GRANT SYSTEM LISTEN ON *.*</query></grants>
    </default>
    <${user}>
      <password_sha256_hex>${await sha256(password)}</password_sha256_hex>
      <networks><ip>127.0.0.1</ip></networks>
      <profile>default</profile>
      <quota>unlimited</quota>
      <grants>
        <query>GRANT ${rights.join(", ")} ON *.*</query>
        <query>GRANT TABLE ENGINE ON *</query>
      </grants>
    </${user}>
  </users>
</clickhouse>
`;
}

/** Everything inside the database; no source outside it (file, url, remote, s3, …). */
const rights = [
  "SHOW",
  "SELECT",
  "INSERT",
  "ALTER",
  "CREATE",
  "DROP",
  "UNDROP TABLE",
  "TRUNCATE",
  "OPTIMIZE",
  "BACKUP",
  "KILL QUERY",
  "SYSTEM",
  "dictGet",
];

async function sha256(text: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(hash).toHex();
}

/** Writes beside and renames, so that the engine never reads half a file. */
async function writePrivately(path: string, text: string): Promise<void> {
  const beside = `${path}.new`;
  await Deno.remove(beside).catch(ignoreMissing);
  await Deno.writeTextFile(beside, text, { mode: 0o600, createNew: true });
  await Deno.rename(beside, path);
}

function ignoreMissing(error: unknown): undefined {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

function xml(text: string): string {
  return text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
